package dev.dormouse;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The one-way direction between packages that docs/architecture.md draws. */
@AnalyzeClasses(
        packages = "dev.dormouse",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.WithoutWire.class})
class ArchitectureTest {

    /** What protoc writes is a third of all classes, and decides nothing. */
    static final class WithoutWire implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/wire/");
        }
    }

    private static final String[] CONTROL_PLANE = {
        "dev.dormouse.actor..",
        "dev.dormouse.atespace..",
        "dev.dormouse.activation..",
        "dev.dormouse.worker..",
        "dev.dormouse.template..",
        "dev.dormouse.pool..",
        "dev.dormouse.router..",
        "dev.dormouse.journal..",
        "dev.dormouse.golden..",
        "dev.dormouse.standalone..",
        "dev.dormouse.cluster..",
        "dev.dormouse.console..",
        "dev.dormouse.cli..",
        "dev.dormouse.scheduler..",
        "dev.dormouse.ateapi..",
        "dev.dormouse.tail.."
    };

    private static final String[] EDGES = {
        "dev.dormouse.router..",
        "dev.dormouse.cli..",
        "dev.dormouse.console..",
        "dev.dormouse.ateapi..",
        "dev.dormouse.watch..",
        "dev.dormouse.tail.."
    };

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.dormouse.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theSchedulerIsPureJava = classes()
            .that()
            .resideInAPackage("dev.dormouse.scheduler..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "dev.dormouse.scheduler..", "dev.dormouse.name..");

    @ArchTest
    static final ArchRule whatRunsOnANodeKnowsNoControlPlane = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.dormouse.sandbox..",
                    "dev.dormouse.image..",
                    "dev.dormouse.snapshot..",
                    "dev.dormouse.bucket..",
                    "dev.dormouse.log..",
                    "dev.dormouse.ateom..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CONTROL_PLANE);

    @ArchTest
    static final ArchRule actorsKnowNoWorkflow = noClasses()
            .that()
            .resideInAPackage("dev.dormouse.actor..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.dormouse.activation..", "dev.dormouse.worker..", "dev.dormouse.template..");

    @ArchTest
    static final ArchRule theCliKnowsOnlyTheApi = noClasses()
            .that()
            .resideInAPackage("dev.dormouse.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.quarkus..", "dev.dormouse.actor..", "dev.dormouse.activation..", "dev.dormouse.worker..");

    /** The package of {@code main} chooses between them, and gRPC shows what watches show. */
    @ArchTest
    static final ArchRule nothingDependsOnEdges = noClasses()
            .that()
            .resideOutsideOfPackages(EDGES)
            .and()
            .resideOutsideOfPackage("dev.dormouse")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(EDGES);

    @ArchTest
    static final ArchRule namesSayWhatAClassIsFor = noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould(haveOwnNameEndingWithImpl());

    @ArchTest
    static void everyPackageSaysWhatLivesThere(JavaClasses all) {
        Set<String> packages =
                all.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
        for (JavaClass described : all) {
            if (described.getSimpleName().equals("package-info")) {
                packages.remove(described.getPackageName());
            }
        }
        assertThat(packages).as("packages without package-info.java").isEmpty();
    }

    /** Generated gRPC classes end in ImplBase and are not ours to name. */
    private static ArchCondition<JavaClass> haveOwnNameEndingWithImpl() {
        return new ArchCondition<>("have a name ending with Impl") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                boolean found = item.getSimpleName().endsWith("Impl");
                events.add(new SimpleConditionEvent(item, found, item.getName() + (found ? " does" : " doesn't")));
            }
        };
    }
}
