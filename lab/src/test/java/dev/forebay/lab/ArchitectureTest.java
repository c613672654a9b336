package dev.forebay.lab;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What may know what. Each rule is a test of its own and says why it is there; a new layer or
/// package is covered on the day its folder appears.
class ArchitectureTest {
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/jmh_generated/"))
          .importPackages("dev.forebay");

  private static final String[] OUTSIDE_LAYERS = {"dev.forebay.server..", "dev.forebay.lab.."};

  private static final DescribedPredicate<JavaClass> IN_LAYERS =
      resideInAPackage("dev.forebay..")
          .and(not(resideInAnyPackage(OUTSIDE_LAYERS)))
          .as("in layers");

  @TestFactory
  Stream<DynamicTest> rules() {
    return Stream.concat(
            Stream.of(
                layersStandAlone(),
                layersTouchNoWorld(),
                layersHaveNoCycles(),
                serverHasNoCycles(),
                nothingDependsOnTheLab(),
                onlyTheEdgesKnowNetty(),
                onlyWireFormatsShareNettysBuffers(),
                onlyItsAdapterKnowsMicrometer(),
                onlyItsAdapterKnowsLogback(),
                timeIsHandedIn(),
                layersNeverBlock(),
                layersStartNoThreads(),
                configsAreRecords(),
                noDumpingGrounds(),
                staticFieldsAreFinal()),
            layers().stream().map(ArchitectureTest::aLayerKnowsNoSibling))
        .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(MAIN)));
  }

  @TestFactory
  Stream<DynamicTest> everyPackageSaysInOneSentenceWhatItIsAndIsNullMarked() {
    return packages()
        .map(each ->
            DynamicTest.dynamicTest(
                each.getName() + " has a package-info with @NullMarked",
                () ->
                    assertThat(
                            each.tryGetPackageInfo()
                                .map(info -> info.isAnnotatedWith(NullMarked.class)))
                        .hasValue(true)));
  }

  @Test
  void theRulesSeeTheCodeTheyAreAbout() {
    assertThat(layers()).contains("retry", "gpu", "monitor");
    assertThat(MAIN.contain("dev.forebay.server.adapter.log.LogConfig")).isTrue();
    assertThat(MAIN.contain("dev.forebay.lab.simulator.VirtualLoop")).isTrue();
  }

  @Test
  void aRuleThatIsBrokenIsSeenToBeBroken() {
    // The lab itself breaks the rules of the layers; a rule that finds nothing there is blind.
    EvaluationResult result =
        noClasses()
            .that()
            .resideInAPackage("dev.forebay.lab..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.forebay.gpu..")
            .evaluate(new ClassFileImporter().importPackages("dev.forebay.lab"));
    assertThat(result.hasViolation()).isTrue();
  }

  private static ArchRule layersStandAlone() {
    return classes()
        .that(are(IN_LAYERS))
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..").or(IN_LAYERS))
        .because("layers are plain Java that others embed and the lab runs in virtual time");
  }

  private static ArchRule layersTouchNoWorld() {
    return noClasses()
        .that(are(IN_LAYERS))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..", "java.nio.file..", "java.nio.channels..", "java.net.http..", "java.sql..")
        .orShould()
        .dependOnClassesThat(nameMatching("java\\.net\\.(.*Socket.*|InetAddress|URLConnection)"))
        .because("sockets, files and databases stand behind ports");
  }

  private static ArchRule layersHaveNoCycles() {
    return slices()
        .matching("dev.forebay.(*)..")
        .should()
        .beFreeOfCycles()
        .because("a package that needs its user is one package with it");
  }

  private static ArchRule serverHasNoCycles() {
    return slices()
        .matching("dev.forebay.server.(**)")
        .should()
        .beFreeOfCycles()
        .because("the server is read package by package");
  }

  private static ArchRule aLayerKnowsNoSibling(String layer) {
    return noClasses()
        .that()
        .resideInAPackage("dev.forebay." + layer + "..")
        .should()
        .dependOnClassesThat(
            IN_LAYERS
                .and(
                    not(
                        resideInAnyPackage(
                            "dev.forebay." + layer + "..",
                            "dev.forebay.pipeline..",
                            "dev.forebay.fleet..",
                            "dev.forebay.retry.policy..")))
                .as("are of a sibling of layer " + layer))
        .because("a layer knows pipeline and fleet; what joins layers is Gateway");
  }

  private static ArchRule nothingDependsOnTheLab() {
    return noClasses()
        .that()
        .resideOutsideOfPackage("dev.forebay.lab..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.forebay.lab..")
        .because("the lab is never shipped");
  }

  private static ArchRule onlyTheEdgesKnowNetty() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.forebay.server.http..", "dev.forebay.server.upstream..", "dev.forebay.lab..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.netty..").and(not(resideInAPackage("io.netty.buffer.."))))
        .because("only server.http and server.upstream own sockets");
  }

  private static ArchRule onlyWireFormatsShareNettysBuffers() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.forebay.server.http..",
            "dev.forebay.server.upstream..",
            "dev.forebay.server.openai..",
            "dev.forebay.server.anthropic..",
            "dev.forebay.lab..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty.buffer..")
        .because("who reads bytes in place is a wire format or an edge");
  }

  private static ArchRule onlyItsAdapterKnowsMicrometer() {
    return noClasses()
        .that()
        .resideOutsideOfPackages("dev.forebay.server.adapter.prometheus..", "dev.forebay.lab..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.micrometer..", "io.prometheus..")
        .because("metrics are told through monitor.Signals");
  }

  private static ArchRule onlyItsAdapterKnowsLogback() {
    return noClasses()
        .that()
        .resideOutsideOfPackages("dev.forebay.server.adapter.log..", "dev.forebay.lab..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ch.qos.logback..", "co.elastic..")
        .because("the rest logs through slf4j");
  }

  private static ArchRule timeIsHandedIn() {
    return noClasses()
        .that(are(IN_LAYERS))
        .should()
        .callMethodWhere(
            calls(
                "reads a clock",
                "java\\.lang\\.System\\.(nanoTime|currentTimeMillis)"
                    + "|java\\.time\\.(Instant|LocalDateTime|LocalDate|ZonedDateTime|OffsetDateTime)\\.now"
                    + "|java\\.time\\.Clock\\.system.*|java\\.time\\.InstantSource\\.system"))
        .because("time comes from the loop or as a parameter, so that the lab can set it");
  }

  private static ArchRule layersNeverBlock() {
    return noClasses()
        .that(are(IN_LAYERS))
        .should()
        .callMethodWhere(
            calls(
                "blocks",
                "java\\.lang\\.Thread\\.(sleep|join)"
                    + "|java\\.lang\\.Object\\.wait"
                    + "|java\\.util\\.concurrent\\.(Future|CompletableFuture)\\.(get|join)"
                    + "|java\\.util\\.concurrent\\.locks\\.LockSupport\\.park.*"
                    + "|java\\.util\\.concurrent\\.(CountDownLatch|CyclicBarrier|Phaser)\\.await.*"
                    + "|java\\.util\\.concurrent\\.Semaphore\\.acquire.*"))
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(java.util.concurrent.BlockingQueue.class)
        .because("a stage runs on an event loop that carries thousands of other calls");
  }

  private static ArchRule layersStartNoThreads() {
    return noClasses()
        .that(are(IN_LAYERS))
        .should()
        .callMethodWhere(
            calls(
                "starts a thread",
                "java\\.lang\\.Thread\\.(start|startVirtualThread|ofVirtual|ofPlatform)"
                    + "|java\\.util\\.concurrent\\.Executors\\..*"
                    + "|java\\.util\\.concurrent\\.CompletableFuture\\.(run|supply)Async"))
        .because("threads belong to the server");
  }

  private static ArchRule configsAreRecords() {
    return classes()
        .that()
        .haveSimpleNameEndingWith("Config")
        .should()
        .beRecords()
        .because("a configuration is checked once, in its constructor, and never changes");
  }

  private static ArchRule noDumpingGrounds() {
    return noClasses()
        .should()
        .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Base)(\\$.*)?")
        .orShould()
        .resideInAnyPackage("..util..", "..utils..", "..common..", "..impl..", "..manager..")
        .because("a class without a home shows a missing noun");
  }

  private static ArchRule staticFieldsAreFinal() {
    return fields()
        .that()
        .areStatic()
        .and(
            describe(
                "written by hand", field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)))
        .should()
        .beFinal()
        .because("state that nobody hands in cannot be tested or run twice");
  }

  private static DescribedPredicate<JavaAccess<?>> calls(String what, String methods) {
    return describe(
        what,
        access -> access.getTarget().getFullName().replaceFirst("\\(.*", "").matches(methods));
  }

  /// The packages of the layers, apart from what all of them may know.
  private static List<String> layers() {
    return MAIN.stream()
        .filter(IN_LAYERS)
        .map(type -> type.getPackageName().replaceFirst("dev\\.forebay\\.([^.]+).*", "$1"))
        .filter(name -> !name.equals("pipeline") && !name.equals("fleet"))
        .distinct()
        .sorted()
        .toList();
  }

  private static Stream<JavaPackage> packages() {
    return MAIN.getPackage("dev.forebay").getSubpackagesInTree().stream()
        .filter(each -> !each.getClasses().isEmpty());
  }
}
