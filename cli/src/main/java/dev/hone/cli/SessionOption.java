package dev.hone.cli;

import dev.hone.runtime.Device;
import dev.hone.runtime.SessionOptions;
import picocli.CommandLine.Option;

/** Where and with how many threads a model runs; the same two options for every command that runs one. */
final class SessionOption {
    @Option(names = "--device", paramLabel = "DEVICE", description = "cpu (default), cuda or cuda:1.")
    String device = "cpu";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that work on one image. Default: the physical cores of this machine.")
    Integer threads;

    SessionOptions options() {
        SessionOptions options = SessionOptions.defaults().withDevice(Device.parse(device));
        return threads == null ? options : options.withThreads(threads);
    }
}
