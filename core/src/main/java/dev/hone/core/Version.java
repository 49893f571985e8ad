package dev.hone.core;

/** The version of Hone, which the build writes into its jars. */
public final class Version {
    private Version() {}

    /** Such as {@code 0.1.0}; {@code development} where the classes come from no jar. */
    public static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
