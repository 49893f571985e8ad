package dev.hone.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds the arrows of the design: which module may import which. Maven holds them too; this says why a build broke. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.hone");

    @Test
    void modulesImportOnlyWhatTheDesignAllows() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("graph")
                .definedBy("dev.hone.graph..")
                .layer("runtime")
                .definedBy("dev.hone.runtime..")
                .layer("autodiff")
                .definedBy("dev.hone.autodiff..")
                .layer("vision")
                .definedBy("dev.hone.vision..")
                .layer("train")
                .definedBy("dev.hone.train..")
                .layer("compress")
                .definedBy("dev.hone.compress..")
                .layer("explain")
                .definedBy("dev.hone.explain..")
                .layer("cli")
                .definedBy("dev.hone.cli..")
                .whereLayer("graph")
                .mayNotAccessAnyLayer()
                .whereLayer("runtime")
                .mayNotAccessAnyLayer()
                .whereLayer("autodiff")
                .mayOnlyAccessLayers("graph")
                .whereLayer("vision")
                .mayOnlyAccessLayers("graph")
                .whereLayer("train")
                .mayOnlyAccessLayers("autodiff", "runtime", "graph")
                .whereLayer("compress")
                .mayOnlyAccessLayers("train", "autodiff", "runtime", "graph")
                .whereLayer("explain")
                .mayOnlyAccessLayers("autodiff", "runtime", "graph")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
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
                .resideOutsideOfPackages("dev.hone.graph.file..", "dev.hone.runtime..")
                .and()
                .doNotBelongToAnyOf(SyntheticSurfaces.class)
                .should()
                .callMethod(Files.class, "move", Path.class, Path.class, CopyOption[].class)
                .check(CLASSES);
    }

    @Test
    void modulesHaveNoCycles() {
        slices().matching("dev.hone.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
