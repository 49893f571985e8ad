package dev.hone.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.core.file.Sha256;
import dev.hone.data.table.Column;
import dev.hone.data.table.TableSchema;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardTest {
    private static ModelCard card() {
        Provenance provenance = new Provenance(
                "abc", -7, "0.1.0", "onnxruntime 1.29.0, java 17", List.of("train", "a b"), "", "", List.of("trained"));
        return new ModelCard(
                List.of("good", "crack, deep"),
                new InputSpec.OfImage(1, 160, 200, "letterbox"),
                "good",
                0.25,
                provenance);
    }

    @Test
    void readsWhatItWrote() {
        Model model = new Model(new Graph("g"));
        model.metadata().put("author", "someone");
        card().writeTo(model);
        assertThat(ModelCard.read(model.metadata())).isEqualTo(card());
        assertThat(model.metadata()).containsEntry("author", "someone");
        ModelCard without = new ModelCard(
                List.of("a", "b"), new InputSpec.OfImage(3, 8, 8, "stretch"), null, Double.NaN, card().provenance());
        without.writeTo(model);
        assertThat(ModelCard.read(model.metadata())).isEqualTo(without);
        assertThat(without.goodIndex()).isEqualTo(-1);
    }

    @Test
    void columnsOfATableHoldAnyText() {
        TableSchema schema = new TableSchema(
                List.of(
                        Column.number("age, in \"years\""),
                        Column.category("two\nlines", List.of("", "a\nb", "\u00e4\t\\", "no"))),
                "de\nfault",
                List.of("no\nway", "yes"));
        ModelCard rows = new ModelCard(schema.classes(), new InputSpec.OfRow(schema), "yes", 0.5, card().provenance());
        Model model = new Model(new Graph("g"));
        rows.writeTo(model);
        assertThat(ModelCard.read(model.metadata())).isEqualTo(rows);
        assertThat(ModelCard.takesRows(model.metadata())).isTrue();
        assertThat(ModelCard.takesRows(card().entries())).isFalse();
        model.metadata().put("hone.table", "{\"columns\": 3}");
        assertThatThrownBy(() -> ModelCard.read(model.metadata()))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("'hone.table' has no list 'columns'");
        model.metadata().put("hone.table", "{");
        assertThatThrownBy(() -> ModelCard.read(model.metadata())).hasMessageContaining("'hone.table' is not JSON");
    }

    @Test
    void labelsHoldAnyText() {
        List<String> labels = List.of("good\nsecond line", "a, \"b\"", "[x]", "", "\r\n", "=1+1", "\u202etxt");
        ModelCard any =
                new ModelCard(labels, new InputSpec.OfImage(1, 8, 8, "stretch"), null, Double.NaN, card().provenance());
        assertThat(ModelCard.read(any.entries())).isEqualTo(any);
    }

    @Test
    void labelsOfEarlierVersionsStandInLines() {
        Map<String, String> metadata = new HashMap<>(card().entries());
        metadata.put("hone.labels", "good\ncrack, deep");
        metadata.put("hone.provenance.arguments", "train\na b");
        metadata.put("hone.provenance.done", "trained");
        assertThat(ModelCard.read(metadata)).isEqualTo(card());
        metadata.put("hone.labels", "[good]\n[bad");
        metadata.remove("hone.good");
        metadata.remove("hone.threshold");
        assertThat(ModelCard.read(metadata).labels()).containsExactly("[good]", "[bad");
    }

    @Test
    void saysWhatIsMissingOrDamaged() {
        assertThatThrownBy(() -> ModelCard.read(Map.of()))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("hone.labels");
        Map<String, String> metadata = new HashMap<>(card().entries());
        metadata.put("hone.height", "tall");
        assertThatThrownBy(() -> ModelCard.read(metadata))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("'hone.height' is 'tall'");
        for (String text : List.of("[\"good\"", "[\"good\", 3]", "[{}]")) {
            metadata.put("hone.height", "8");
            metadata.put("hone.labels", text);
            assertThatThrownBy(() -> ModelCard.read(metadata))
                    .isInstanceOf(HoneException.class)
                    .hasMessageContaining("'hone.labels'");
        }
    }

    @Test
    void derivedModelsNameTheirParent(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("a"), "abc");
        String hash = Sha256.of(file);
        assertThat(hash).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        Provenance derived = card().provenance().then(hash, List.of("quantize"), "quantized");
        assertThat(derived.parent()).isEqualTo(hash);
        assertThat(derived.done()).containsExactly("trained", "quantized");
        assertThat(derived.seed()).isEqualTo(-7);
        Provenance third = derived.then(hash, List.of("fold", "it's.onnx"), "folded");
        assertThat(third.commands()).endsWith("quantize", "fold 'it'\\''s.onnx'");
    }
}
