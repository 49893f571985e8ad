package dev.hone.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;

/** The device a session runs on. The caller always chooses it; it is never detected. */
public record Device(Kind kind, int index) {
    public enum Kind {
        CPU,
        CUDA
    }

    public Device {
        if (index < 0) {
            throw new OnnxRuntimeException("device index " + index + " is negative, expected 0 or more");
        }
    }

    public static Device cpu() {
        return new Device(Kind.CPU, 0);
    }

    /** @param index number of the NVIDIA GPU, from 0 */
    public static Device cuda(int index) {
        return new Device(Kind.CUDA, index);
    }

    /** Parses {@code cpu}, {@code cuda} or {@code cuda:1}. */
    public static Device parse(String text) {
        String[] parts = text.strip().toLowerCase(java.util.Locale.ROOT).split(":", 2);
        if (parts[0].equals("cpu") && parts.length == 1) {
            return cpu();
        }
        if (parts[0].equals("cuda") && (parts.length == 1 || parts[1].matches("\\d{1,3}"))) {
            return cuda(parts.length == 1 ? 0 : Integer.parseInt(parts[1]));
        }
        throw new OnnxRuntimeException("unknown device '" + text + "', expected cpu, cuda or cuda:INDEX");
    }

    /** @throws OnnxRuntimeException if this build of ONNX Runtime has no provider for it */
    public void requireAvailable() {
        if (kind == Kind.CUDA && !OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            throw new OnnxRuntimeException("device " + this
                    + ": this build of ONNX Runtime has no CUDA provider; build with the Maven profile 'cuda' or choose "
                    + "the device cpu");
        }
    }

    @Override
    public String toString() {
        return kind == Kind.CPU ? "cpu" : "cuda:" + index;
    }
}
