package dev.forebay.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// What these two may know: they run inside of other people's programs.
class ArchitectureTest {
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.forebay");

  @Test
  void policiesDependOnNothing() {
    classes()
        .that()
        .resideInAPackage("dev.forebay.retry.policy")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java.lang..",
            "java.time..",
            "java.util",
            "java.util.function..",
            "java.util.random..",
            "java.util.regex..",
            "java.util.stream..",
            "org.jspecify..",
            "dev.forebay.retry.policy")
        .check(MAIN);
  }

  @Test
  void policiesAreHandedTheTime() {
    noClasses()
        .that()
        .resideInAPackage("dev.forebay.retry.policy")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(MAIN);
  }

  @Test
  void theClientKnowsThePoliciesAndTheJdkAlone() {
    classes()
        .that()
        .resideInAPackage("dev.forebay.client")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "org.jspecify..", "dev.forebay.retry.policy", "dev.forebay.client")
        .check(MAIN);
  }

  @Test
  void staticFieldsAreFinal() {
    fields()
        .that()
        .areStatic()
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .should()
        .beFinal()
        .check(MAIN);
  }
}
