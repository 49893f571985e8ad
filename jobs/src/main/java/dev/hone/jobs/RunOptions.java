package dev.hone.jobs;

import dev.hone.core.option.Setting;
import dev.hone.runtime.Device;
import dev.hone.runtime.SessionOptions;

/** Where and with how many threads a model runs. */
public record RunOptions(
        @Setting(help = "Device: cpu, cuda or cuda:1.", label = "DEVICE", def = "cpu", group = "Execution")
        String device,

        @Setting(
                help = "Threads that work on one input.",
                label = "N",
                defText = "the physical cores of this machine",
                min = 1,
                group = "Execution")
        Integer threads) {

    /** The CPU, with a thread for each physical core. */
    public static RunOptions defaults() {
        return new RunOptions("cpu", null);
    }

    public SessionOptions session() {
        SessionOptions options = SessionOptions.defaults().withDevice(Device.parse(device));
        return threads == null ? options : options.withThreads(threads);
    }
}
