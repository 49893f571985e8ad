package dev.hone.cli;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.ModelFiles;
import dev.hone.model.ModelWriter;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.io.PrintStream;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Holds the arrows of the design: which module may import which. Maven holds them too; this says why a build broke. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.hone");

    /** Each module with those that it may import, as the table of the architecture page has it. */
    private static final Map<String, Set<String>> MAY_IMPORT = new TreeMap<>(Map.of(
            "core", Set.of(),
            "graph", Set.of("core"),
            "autodiff", Set.of("graph", "core"),
            "runtime", Set.of("core"),
            "data", Set.of("core"),
            "vision", Set.of("data", "core"),
            "tflite", Set.of("graph", "core"),
            "model", Set.of("graph", "tflite", "runtime", "data", "vision", "core"),
            "explain", Set.of("autodiff", "graph", "runtime", "core")));

    private static final Set<String> TRAINING =
            Set.of("autodiff", "graph", "tflite", "runtime", "data", "vision", "model", "core");

    static {
        MAY_IMPORT.put("train", TRAINING);
        MAY_IMPORT.put("compress", with(TRAINING, "train"));
        MAY_IMPORT.put("report", with(MAY_IMPORT.get("model"), "model", "explain"));
        MAY_IMPORT.put("jobs", with(TRAINING, "train", "compress", "explain", "report"));
        MAY_IMPORT.put("cli", with(MAY_IMPORT.get("jobs"), "jobs"));
    }

    private static Set<String> with(Set<String> modules, String... more) {
        Set<String> all = new TreeSet<>(modules);
        all.addAll(List.of(more));
        return all;
    }

    @Test
    void modulesImportOnlyWhatTheDesignAllows() {
        MAY_IMPORT.forEach((module, allowed) -> {
            String[] others = MAY_IMPORT.keySet().stream()
                    .filter(other -> !other.equals(module) && !allowed.contains(other))
                    .map(other -> "dev.hone." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("dev.hone." + module + "..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(others))
                    .allowEmptyShould(true)
                    .check(CLASSES);
        });
    }

    @Test
    void onlyTheCommandLineSeesPicocliAndProgressBars() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.hone.cli..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("picocli..", "me.tongfei.."))
                .check(CLASSES);
    }

    /** The test kit's programs print; they are in no class path of users. */
    @Test
    void onlyTheCommandLinePrintsAndExits() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.hone.cli..", "dev.hone.testkit..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(CLASSES);
    }

    @Test
    void onlyTheRuntimeSeesOnnxRuntime() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.hone.runtime..")
                .should()
                .dependOnClassesThat(resideInAPackage("ai.onnxruntime.."))
                .check(CLASSES);
    }

    @Test
    void onlyReadingAndWritingSeesProtobuf() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.hone.graph.onnx..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("com.google.protobuf..", "dev.hone.graph.onnx.proto.."))
                .check(CLASSES);
    }

    /** The runtime moves what it unpacks itself, as it does not see {@code graph}; drawn surfaces are a whole folder. */
    @Test
    void onlyWholeFileMovesFilesIntoPlace() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.hone.core.file..", "dev.hone.runtime..")
                .and()
                .doNotBelongToAnyOf(SyntheticSurfaces.class)
                .should()
                .callMethod(Files.class, "move", Path.class, Path.class, CopyOption[].class)
                .check(CLASSES);
    }

    /** What a file is, ONNX or TFLite, is found out in one place. */
    @Test
    void onlyModelFilesReadsModels() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.hone.graph.onnx..", "dev.hone.tflite..", "dev.hone.benchmarks..")
                .and()
                .doNotBelongToAnyOf(ModelFiles.class)
                .should()
                .callMethod(OnnxReader.class, "read", Path.class)
                .orShould()
                .callMethod(OnnxReader.class, "readUnchanged", Path.class)
                .check(CLASSES);
    }

    @Test
    void onlyTfliteSeesFlatBuffers() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.hone.tflite.file..")
                .should()
                .dependOnClassesThat(resideInAPackage("com.google.flatbuffers.."))
                .check(CLASSES);
    }

    /** A written model was opened by the runtime before it took its place. */
    @Test
    void onlyTheModelWriterWritesModels() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.hone.graph.onnx..")
                .and()
                .doNotBelongToAnyOf(ModelWriter.class)
                .should()
                .callMethodWhere(target(owner(type(OnnxWriter.class))).and(target(name("write"))))
                .check(CLASSES);
    }

    /** Digits and letters depend on the locale of the machine where no locale is given. */
    @Test
    void nothingIsFormattedByTheLocaleOfTheMachine() {
        noClasses()
                .should()
                .callMethod(String.class, "format", String.class, Object[].class)
                .orShould()
                .callMethod(String.class, "formatted", Object[].class)
                .orShould()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .orShould()
                .callMethod(PrintStream.class, "printf", String.class, Object[].class)
                .orShould()
                .callMethod(PrintStream.class, "format", String.class, Object[].class)
                .orShould()
                .callConstructor(Formatter.class)
                .orShould()
                .callConstructor(DecimalFormat.class, String.class)
                .orShould()
                .dependOnClassesThat(type(Scanner.class))
                .check(CLASSES);
    }

    /** Elsewhere a name from a file could break a line. */
    @Test
    void onlyLineFormatFormatsWhatCommandsPrint() {
        noClasses()
                .that()
                .resideInAPackage("dev.hone.cli..")
                .and()
                .doNotHaveSimpleName("LineFormat")
                .should()
                .callMethod(String.class, "format", Locale.class, String.class, Object[].class)
                .orShould()
                .callMethod(PrintStream.class, "printf", Locale.class, String.class, Object[].class)
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCircle() {
        slices().matching("dev.hone.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
