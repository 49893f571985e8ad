package dev.hone.jobs;

import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Setting;
import dev.hone.runtime.Device;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.SessionOptions;

/** Where and with how many threads a model runs. */
public record RunOptions(
        @Setting(
                help = "Device to run on: cpu, cuda or cuda:INDEX.",
                label = "DEVICE",
                def = "cpu",
                group = "Execution")
        String device,

        @Setting(
                help = "Number of threads per run of a model.",
                label = "N",
                defText = "the physical cores of this machine",
                min = 1,
                group = "Execution")
        Integer threads) {

    /** @throws OptionException if the device is none, or this build cannot use it */
    public RunOptions {
        try {
            Device.parse(device).requireAvailable();
        } catch (OnnxRuntimeException e) {
            throw new OptionException("device", e.getMessage());
        }
    }

    /** The CPU, with a thread for each physical core. */
    public static RunOptions defaults() {
        return new RunOptions("cpu", null);
    }

    /** Sessions whose runs stop when the progress says so. */
    public SessionOptions session(Progress progress) {
        return session().withCancellation(progress::isCancelled);
    }

    /** Sessions that do not ask: training stops between its steps, with a checkpoint. */
    public SessionOptions session() {
        SessionOptions options = SessionOptions.defaults().withDevice(Device.parse(device));
        return threads == null ? options : options.withThreads(threads);
    }
}
