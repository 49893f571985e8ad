package dev.hone.runtime;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The processor as integer kernels see it.
 *
 * @param model its name, such as {@code AMD EPYC}
 * @param instructions the best instructions for products of bytes that it has
 */
public record Cpu(String model, Instructions instructions) {
    /** Instructions for products of bytes, as far as the runtime's kernels tell them apart. */
    public enum Instructions {
        /** x86: sums of four products of bytes in 32 bits, in registers of 512 bits. */
        AVX512_VNNI("AVX512-VNNI", true),
        /** x86: the same in registers of 256 bits. */
        AVX_VNNI("AVX-VNNI", true),
        /** x86 without them: pairs of products saturate at 16 bits. */
        AVX512("AVX512", false),
        AVX2("AVX2", false),
        SSE("SSE", false),
        /** ARM: matrix products of bytes. */
        I8MM("I8MM", true),
        /** ARM: dot products of bytes. */
        DOT_PRODUCT("DotProd", true),
        /** ARM without them: products are widened to 16 bits and summed in 32. */
        NEON("NEON", true),
        /** x86, and the system does not say: taken for an old one. */
        UNKNOWN_X86("unknown x86", false),
        /** The system does not say. */
        UNKNOWN("unknown", true);

        private final String text;
        private final boolean exact;

        Instructions(String text, boolean exact) {
            this.text = text;
            this.exact = exact;
        }

        /** Whether sums of products of 8 bits are exact; otherwise weights have to keep to 7 bits. */
        public boolean exact() {
            return exact;
        }

        @Override
        public String toString() {
            return text;
        }

        static Instructions parse(String text) {
            return Arrays.stream(values())
                    .filter(i -> i.text.equals(text))
                    .findFirst()
                    .orElse(UNKNOWN);
        }
    }

    private static final Cpu HERE =
            of(CpuInfo.INFO, System.getProperty("os.arch").toLowerCase(Locale.ROOT), CpuInfo.modelName());

    /** This machine's. */
    public static Cpu here() {
        return HERE;
    }

    /**
     * @param info the lines of Linux's {@code /proc/cpuinfo}; empty where there is none
     * @param architecture Java's {@code os.arch}
     */
    static Cpu of(List<String> info, String architecture, String model) {
        Set<String> flags = new HashSet<>();
        for (String line : info) {
            int colon = line.indexOf(':');
            if (colon > 0 && (line.startsWith("flags") || line.startsWith("Features"))) {
                flags.addAll(Arrays.asList(line.substring(colon + 1).strip().split("\\s+")));
            }
        }
        return new Cpu(model, instructions(flags, architecture));
    }

    private static Instructions instructions(Set<String> flags, String architecture) {
        boolean x86 = architecture.equals("amd64") || architecture.equals("x86_64") || architecture.equals("x86");
        if (flags.isEmpty()) {
            return x86 ? Instructions.UNKNOWN_X86 : Instructions.UNKNOWN;
        }
        if (architecture.equals("aarch64") || architecture.equals("arm")) {
            return flags.contains("i8mm")
                    ? Instructions.I8MM
                    : flags.contains("asimddp") ? Instructions.DOT_PRODUCT : Instructions.NEON;
        }
        if (!x86) {
            return Instructions.UNKNOWN;
        }
        if (flags.contains("avx512_vnni")) {
            return Instructions.AVX512_VNNI;
        }
        if (flags.contains("avx_vnni")) {
            return Instructions.AVX_VNNI;
        }
        return flags.contains("avx512bw")
                ? Instructions.AVX512
                : flags.contains("avx2") ? Instructions.AVX2 : Instructions.SSE;
    }

    /** As it stands in a model's metadata: {@code AVX512-VNNI, AMD EPYC}; {@link #parse} reads it. */
    public String describe() {
        return instructions + ", " + model;
    }

    /** Reads what {@link #describe} wrote. */
    public static Cpu parse(String description) {
        int comma = description.indexOf(", ");
        return comma < 0
                ? new Cpu("", Instructions.parse(description))
                : new Cpu(description.substring(comma + 2), Instructions.parse(description.substring(0, comma)));
    }
}
