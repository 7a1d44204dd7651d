package dev.dormouse.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The CRDs that users install. */
final class InstalledCrds {

    static final Path DIRECTORY = Path.of("src/main/kubernetes/install/crds");

    private InstalledCrds() {}

    static List<JsonNode> all() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            for (Path file : files.sorted().toList()) {
                all.add(new YAMLMapper().readTree(Files.readAllBytes(file)));
            }
        }
        assertThat(all).as(DIRECTORY.toString()).hasSize(3);
        return all;
    }

    static JsonNode of(String kind) throws IOException {
        return all().stream()
                .filter(crd -> crd.at("/spec/names/kind").asText().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    /** The schema of a whole object of the kind. */
    static JsonNode schema(String kind) throws IOException {
        return of(kind).at("/spec/versions/0/schema/openAPIV3Schema");
    }

    /** What the CEL rules of all kinds say. */
    static Set<String> messages() throws IOException {
        Set<String> messages = new TreeSet<>();
        for (JsonNode crd : all()) {
            crd.findValues("x-kubernetes-validations")
                    .forEach(rules -> messages.addAll(rules.findValuesAsText("message")));
        }
        return messages;
    }
}
