package dev.hone.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;

/** The one native environment of the process. It says nothing: every failure arrives as an exception. */
final class Environment {
    static final OrtEnvironment ORT;

    static {
        NativeLibraries.prepare();
        ORT = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "hone");
    }

    private Environment() {}
}
