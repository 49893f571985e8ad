package dev.hone.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ListTextTest {
    @Test
    void quotedElementsMayHoldCommasAndQuotes() {
        assertThat(ListText.split("age,income")).containsExactly("age", "income");
        assertThat(ListText.split("age,\"a,b\",\"say \"\"so\"\"\"")).containsExactly("age", "a,b", "say \"so\"");
        assertThat(ListText.split("\"city=London\"=yes|no,x")).containsExactly("city=London=yes|no", "x");
        assertThat(ListText.split("5\" disk,b")).containsExactly("5\" disk", "b");
        assertThat(ListText.split("\"open,b")).containsExactly("open,b");
        assertThat(ListText.split("")).containsExactly("");
    }

    @Test
    void joinedListsComeApartAgain() {
        List<String> odd = List.of("a", "a,b", "\"q\"", "x=1|2", "5\"");
        assertThat(ListText.split(ListText.join(odd))).isEqualTo(odd);
        assertThat(ListText.join(List.of("a", "b=1"))).isEqualTo("a,b=1");
    }
}
