package dev.hone.benchmarks;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Measurements go through Hone like everything else, but for the one whose peer is the bare runtime. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.hone");

    @Test
    void onlyTheRuntimeAndItsPeerSeeOnnxRuntime() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.hone.runtime..")
                .and()
                .doNotBelongToAnyOf(PredictOverhead.class)
                .should()
                .dependOnClassesThat(resideInAPackage("ai.onnxruntime.."))
                .check(CLASSES);
    }
}
