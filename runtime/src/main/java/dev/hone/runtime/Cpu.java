package dev.hone.runtime;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The processor, as far as INT8 kernels depend on it.
 *
 * @param model name, such as {@code AMD EPYC}
 * @param instructions the best instruction set for INT8 products that it supports
 */
public record Cpu(String model, Instructions instructions) {
    /** Instruction sets for INT8 products, as far as the kernels of ONNX Runtime distinguish them. */
    public enum Instructions {
        /** x86: sums of four INT8 products in 32 bits, 512-bit registers. */
        AVX512_VNNI("AVX512-VNNI", true),
        /** x86: the same with 256-bit registers. */
        AVX_VNNI("AVX-VNNI", true),
        /** x86 without VNNI: sums of two products saturate at 16 bits. */
        AVX512("AVX512", false),
        AVX2("AVX2", false),
        SSE("SSE", false),
        /** ARM: INT8 matrix products. */
        I8MM("I8MM", true),
        /** ARM: INT8 dot products. */
        DOT_PRODUCT("DotProd", true),
        /** ARM without either: products are widened to 16 bits and summed in 32 bits. */
        NEON("NEON", true),
        /** x86 with unknown features; treated as an old processor. */
        UNKNOWN_X86("unknown x86", false),
        /** Unknown architecture. */
        UNKNOWN("unknown", true);

        private final String text;
        private final boolean exact;

        Instructions(String text, boolean exact) {
            this.text = text;
            this.exact = exact;
        }

        /** Whether sums of INT8 products are exact; if not, weights must be limited to 7 bits. */
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

    /** The processor of this machine. */
    public static Cpu here() {
        return HERE;
    }

    /**
     * @param info lines of {@code /proc/cpuinfo}; empty if there is none
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

    /** Text form for model metadata, such as {@code AVX512-VNNI, AMD EPYC}; {@link #parse} reads it. */
    public String describe() {
        return instructions + ", " + model;
    }

    /** Parses the text form of {@link #describe}. */
    public static Cpu parse(String description) {
        int comma = description.indexOf(", ");
        return comma < 0
                ? new Cpu("", Instructions.parse(description))
                : new Cpu(description.substring(comma + 2), Instructions.parse(description.substring(0, comma)));
    }
}
