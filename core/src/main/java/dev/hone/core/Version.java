package dev.hone.core;

/** The version of Hone, read from the manifest of its jar. */
public final class Version {
    private Version() {}

    /** For example {@code 0.1.0}; {@code development} if the classes were not loaded from a jar. */
    public static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
