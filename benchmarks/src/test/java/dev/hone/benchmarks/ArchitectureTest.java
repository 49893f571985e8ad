package dev.hone.benchmarks;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Only {@code runtime} and the benchmark that compares with plain ONNX Runtime may use ONNX Runtime. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.hone");

    @Test
    void onlyTheRuntimeAndItsBaselineUseOnnxRuntime() {
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
