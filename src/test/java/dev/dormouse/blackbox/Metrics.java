package dev.dormouse.blackbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One scrape of a server's metrics, in Prometheus' text format. */
record Metrics(List<Sample> samples) {

    /** Behind the value there may be an exemplar, the trace of one of those counted. */
    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{([^#]*)})? (\\S+)(?: # .*)?");

    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    record Sample(String name, Map<String, String> labels, double value) {}

    static Metrics scrape(ServerProcess server) {
        List<Sample> samples = new ArrayList<>();
        for (String line : server.getManagement("/q/metrics").body().lines().toList()) {
            Matcher parts = LINE.matcher(line);
            if (!line.startsWith("#") && parts.matches()) {
                Map<String, String> labels = new HashMap<>();
                if (parts.group(2) != null) {
                    LABEL.matcher(parts.group(2))
                            .results()
                            .forEach(label -> labels.put(label.group(1), label.group(2)));
                }
                samples.add(new Sample(parts.group(1), labels, Double.parseDouble(parts.group(3))));
            }
        }
        return new Metrics(samples);
    }

    /** The sum of all samples of this name that carry these labels (name, value, name, value…); 0 when there are none. */
    double sum(String name, String... labels) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> {
                    for (int i = 0; i < labels.length; i += 2) {
                        if (!labels[i + 1].equals(sample.labels().get(labels[i]))) {
                            return false;
                        }
                    }
                    return true;
                })
                .mapToDouble(Sample::value)
                .sum();
    }

    boolean has(String name) {
        return samples.stream().anyMatch(sample -> sample.name().equals(name));
    }
}
