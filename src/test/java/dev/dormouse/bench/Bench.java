package dev.dormouse.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the sections named on the command line, or all: {@code wake}, {@code control-plane}, {@code proxy}, {@code crowd},
 * {@code object-store}, {@code operator}, {@code cluster}, {@code executable}. Needs the packaged server and, but for control-plane and
 * operator, root and runsc; {@code executable} also compares the native one where it has been built. {@code operator} needs a cluster
 * ({@code KUBECONFIG}), {@code cluster} also one that takes images ({@code LOAD_IMAGES}): without they say so and measure nothing.
 */
public final class Bench {

    interface Section {
        void run(Report report) throws Exception;
    }

    private Bench() {}

    public static void main(String... args) throws Exception {
        Map<String, Section> sections = new LinkedHashMap<>();
        sections.put("wake", new WakeSection());
        sections.put("control-plane", new ControlPlaneSection());
        sections.put("proxy", new ProxySection());
        sections.put("crowd", new CrowdSection());
        sections.put("object-store", new ObjectStoreSection());
        sections.put("operator", new OperatorSection());
        sections.put("cluster", new ClusterSection());
        sections.put("executable", new ExecutableSection());
        Report report = new Report(Path.of("target/bench"));
        List<String> wanted = args.length == 0 ? List.copyOf(sections.keySet()) : List.of(args);
        for (String name : wanted) {
            Section section = sections.get(name);
            if (section == null) {
                System.err.println("error: no section " + name + "; there are " + sections.keySet());
                System.exit(2);
            } else {
                System.err.println("measuring " + name);
                section.run(report);
            }
        }
        System.out.println("written to target/bench/report.md and report.json");
        System.exit(0);
    }
}
