package dev.dormouse.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The dashboard shows what there is. */
class DashboardTest {

    private static final Pattern METRIC = Pattern.compile("dormouse_[a-z_]+");

    private final JsonNode panels;

    DashboardTest() throws IOException {
        panels = new JsonMapper()
                .readTree(Path.of("src/main/kubernetes/overlays/monitoring/dashboard.json")
                        .toFile())
                .path("panels");
    }

    @Test
    void itsMetricsAreThoseOfTheManual() throws IOException {
        String manual = Files.readString(Path.of("docs/operations.md"));
        Set<String> shown = new TreeSet<>();
        panels.forEach(panel -> panel.path("targets")
                .forEach(target -> METRIC.matcher(target.path("expr").asText())
                        .results()
                        .map(MatchResult::group)
                        .map(name -> name.replaceFirst("_bucket$", ""))
                        .forEach(shown::add)));

        assertThat(shown)
                .hasSizeGreaterThan(5)
                .allSatisfy(name -> assertThat(manual).contains("`" + name + "`"));
    }

    @Test
    void noPanelHidesAnother() {
        List<String> places = panels.valueStream()
                .map(panel -> panel.at("/gridPos/x") + "," + panel.at("/gridPos/y"))
                .toList();

        assertThat(places).doesNotHaveDuplicates();
    }
}
