package dev.dormouse.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests to a RUNNING actor through the router, against a direct connection to the same sandbox; wrk on the same cores. */
final class ProxySection implements Bench.Section {

    private static final int CONNECTIONS = 32;
    private static final int SECONDS = 10;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)");
    private static final Pattern MEDIAN = Pattern.compile("50%\\s+([\\d.]+)(us|ms|s)");

    private record Run(double perSecond, double medianMillis) {}

    @Override
    public void run(Report report) throws Exception {
        Workload workload = BenchImages.staticServer();
        try (BenchServer server = BenchServer.start(workload, 1)) {
            server.create("busy");
            BenchServer.expect(200, server.request("busy"));
            String direct = "http://" + server.endpoint("busy") + "/";
            String routed = "http://localhost:" + server.process().routerPort() + "/";
            String host = "busy.default.actors.resources.substrate.ate.dev";
            wrk(routed, host, CONNECTIONS, SECONDS); // warms the JVM

            List<List<String>> rows = new ArrayList<>();
            for (int connections : List.of(1, CONNECTIONS)) {
                Run straight = wrk(direct, host, connections, SECONDS);
                Run through = wrk(routed, host, connections, SECONDS);
                rows.add(List.of(
                        String.valueOf(connections),
                        Report.number(straight.perSecond()),
                        Report.number(through.perSecond()),
                        Report.number(through.perSecond() / straight.perSecond()),
                        Report.number(straight.medianMillis()),
                        Report.number(through.medianMillis()),
                        Report.number(through.medianMillis() - straight.medianMillis())));
            }
            report.add(
                    "Requests to a RUNNING actor, router against direct connection",
                    List.of(
                            "connections",
                            "direct/s",
                            "router/s",
                            "ratio",
                            "direct p50 ms",
                            "router p50 ms",
                            "added ms"),
                    rows,
                    "Targets: ratio ≥ 0.5, ≤ 1 ms added at the median (1 connection).");
            report.add(
                    "Resident memory after load (MB)",
                    List.of("server", "ateom"),
                    List.of(List.of(
                            Report.number(BenchServer.rss(server.process().pid())), Report.number(server.ateomRss()))),
                    "Target: server ≤ 350 in JVM mode.");
        }
    }

    private static Run wrk(String url, String host, int connections, int seconds) throws Exception {
        Process wrk = new ProcessBuilder(
                        "wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "--latency", "-H", "Host: " + host, url)
                .redirectErrorStream(true)
                .start();
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (wrk.waitFor() != 0 || output.contains("Non-2xx")) {
            throw new IllegalStateException(output);
        }
        return new Run(
                find(RATE, output, m -> Double.parseDouble(m.group(1))), find(MEDIAN, output, ProxySection::millis));
    }

    private static double find(Pattern pattern, String output, java.util.function.ToDoubleFunction<Matcher> value) {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IllegalStateException(output);
        }
        return value.applyAsDouble(matcher);
    }

    private static double millis(Matcher matcher) {
        double value = Double.parseDouble(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> value / 1000;
            case "s" -> value * 1000;
            default -> value;
        };
    }
}
