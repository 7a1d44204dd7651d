package dev.dormouse.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import jakarta.ws.rs.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** No REST method is open by omission, and docs/access.md tells what each needs. */
@AnalyzeClasses(packages = "dev.dormouse", importOptions = ImportOption.DoNotIncludeTests.class)
class EveryMethodNeedsTest {

    private static Stream<JavaMethod> methods(JavaClasses all) {
        Predicate<JavaMethod> isOfRest = method -> method.getAnnotations().stream()
                .anyMatch(annotation -> annotation.getRawType().isAnnotatedWith(HttpMethod.class));
        return all.stream().flatMap(type -> type.getMethods().stream()).filter(isOfRest);
    }

    @ArchTest
    static void everyRestMethodSaysWhatItNeeds(JavaClasses all) {
        assertThat(methods(all))
                .hasSizeGreaterThan(20)
                .allMatch(method -> method.isAnnotatedWith(Needs.class) != method.isAnnotatedWith(Open.class));
    }

    @ArchTest
    static void onlyTheSignInAndTheKeysThatCheckActorsAreForEverybody(JavaClasses all) {
        assertThat(methods(all).filter(method -> method.isAnnotatedWith(Open.class)))
                .extracting(method -> method.getOwner().getSimpleName())
                .containsOnly("SignInResource", "DiscoveryResource");
    }

    @ArchTest
    static void theTableTellsThem(JavaClasses all) throws IOException {
        String page = Files.readString(Path.of("docs/access.md"));
        var missing = new TreeSet<String>();
        methods(all)
                .filter(method -> method.isAnnotatedWith(Needs.class))
                .map(method -> method.getAnnotationOfType(Needs.class))
                .forEach(needs -> {
                    if (!page.contains("`%s` `%s`".formatted(needs.verb().word(), needs.resource()))) {
                        missing.add(needs.verb().word() + " " + needs.resource());
                    }
                });
        assertThat(missing).isEmpty();
    }
}
