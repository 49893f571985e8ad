package dev.hone.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.runtime.Cpu.Instructions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuTest {
    /** Shortened flags from {@code /proc/cpuinfo} of processors of these families. */
    @ParameterizedTest
    @CsvSource({
        "amd64, flags\t\t: fpu sse sse2 avx2 avx512f avx512bw avx512_vnni avx512_bf16, AVX512_VNNI, true",
        "amd64, flags\t\t: fpu sse sse2 avx avx2 avx_vnni, AVX_VNNI, true",
        "x86_64, flags\t\t: fpu sse avx2 avx512f avx512dq avx512bw avx512vl, AVX512, false",
        "amd64, flags\t\t: fpu sse sse2 avx avx2, AVX2, false",
        "amd64, flags\t\t: fpu sse sse2 ssse3, SSE, false",
        "amd64, model name\t: nothing else, UNKNOWN_X86, false",
        "aarch64, Features\t: fp asimd asimdhp asimddp i8mm bf16, I8MM, true",
        "aarch64, Features\t: fp asimd evtstrm aes asimddp, DOT_PRODUCT, true",
        "aarch64, Features\t: fp asimd evtstrm aes crc32, NEON, true",
        "arm, Features\t: half thumb vfpv4 neon, NEON, true",
        "riscv64, isa\t: rv64imafdcv, UNKNOWN, true",
    })
    void detectsInstructionsFromCpuinfo(String architecture, String line, Instructions expected, boolean exact) {
        Cpu cpu = Cpu.of(List.of("processor\t: 0", line), architecture, "some processor");
        assertThat(cpu.instructions()).isEqualTo(expected);
        assertThat(cpu.instructions().exact()).isEqualTo(exact);
    }

    @Test
    void flagsMatchWholeWordsOnly() {
        assertThat(Cpu.of(List.of("flags : xavx512_vnni2 avx2"), "amd64", "").instructions())
                .isEqualTo(Instructions.AVX2);
    }

    @Test
    void descriptionsRoundTrip() {
        for (Instructions instructions : Instructions.values()) {
            Cpu cpu = new Cpu("AMD EPYC, second of its name", instructions);
            assertThat(Cpu.parse(cpu.describe())).isEqualTo(cpu);
        }
        assertThat(Cpu.parse("something else").instructions()).isEqualTo(Instructions.UNKNOWN);
    }
}
