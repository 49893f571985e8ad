package dev.hone.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShownTest {
    @Test
    void whatCannotBeSeenIsEscaped() {
        assertThat(Shown.text("plain \u00e4 \u05d0 \ud83d\ude00 \\u0041"))
                .isEqualTo("plain \u00e4 \u05d0 \ud83d\ude00 \\u0041");
        assertThat(Shown.text("\u001b[31mred\u001b[0m")).isEqualTo("\\u001b[31mred\\u001b[0m");
        assertThat(Shown.text("\u009b1m \u0085 \u007f \u0007\b")).isEqualTo("\\u009b1m \\u0085 \\u007f \\u0007\\u0008");
        assertThat(Shown.text("\u202egnp.\u2066x\u200f")).isEqualTo("\\u202egnp.\\u2066x\\u200f");
        assertThat(Shown.text("a\u200bb\ufeffc\u2060d")).isEqualTo("a\\u200bb\\ufeffc\\u2060d");
        assertThat(Shown.text("\u2028\u2029")).isEqualTo("\\u2028\\u2029");
        assertThat(Shown.text("\ud800x\udc00")).isEqualTo("\\ud800x\\udc00");
        assertThat(Shown.text("\udb40\udc41")).isEqualTo("\\udb40\\udc41");
    }

    @Test
    void lineBreaksStayInLines() {
        assertThat(Shown.text("a\nb\tc\rd")).isEqualTo("a\\nb\\tc\\rd");
        assertThat(Shown.lines("a\nb\tc\rd")).isEqualTo("a\nb\tc\\rd");
    }
}
