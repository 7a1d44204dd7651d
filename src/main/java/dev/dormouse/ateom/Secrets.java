package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.Container;
import dev.dormouse.ateom.wire.Workload;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The values of a workload's environment that came from Secrets, to be kept out of everything that quotes what the workload printed:
 * answers, records, logs.
 *
 * @param texts the values and, of those with several lines, each line; longest first
 */
record Secrets(List<String> texts) {

    private static final String MASK = "***";

    static Secrets of(Workload workload) {
        return new Secrets(workload.getContainersList().stream()
                .flatMap(Secrets::values)
                .flatMap(value -> Stream.concat(Stream.of(value), value.lines()))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList());
    }

    private static Stream<String> values(Container container) {
        return container.getSecretEnvList().stream().map(name -> container.getEnvOrDefault(name, ""));
    }

    /** Of the longest of them, in characters; 0 when there are none. */
    int longest() {
        return texts.isEmpty() ? 0 : texts.getFirst().length();
    }

    String mask(String text) {
        String masked = text;
        for (String secret : texts) {
            masked = masked.replace(secret, MASK);
        }
        return masked;
    }
}
