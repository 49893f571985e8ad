package dev.hone.cli;

import java.util.Arrays;
import java.util.Locale;

/**
 * Whether names of files reach Java as they are. It decodes arguments and names by the locale of the process; the launcher
 * chooses one with UTF-8, but another program that starts Java may not.
 */
final class Locales {
    private static final int ASCII = 127;

    private Locales() {}

    /** Prints a line if an argument was not decoded, so that no file would be found under it. */
    static boolean canRead(String... arguments) {
        String charset = System.getProperty("sun.jnu.encoding", "UTF-8");
        boolean unicode = charset.toUpperCase(Locale.ROOT).replace("-", "").equals("UTF8");
        if (unicode || Arrays.stream(arguments).allMatch(a -> a.chars().allMatch(c -> c <= ASCII))) {
            return true;
        }
        System.err.println(
                "hone: the locale's encoding is " + charset + ", in which names cannot be read; set LC_ALL to a"
                        + " UTF-8 locale, such as C.UTF-8 ('locale -a' lists those of this machine)");
        return false;
    }
}
