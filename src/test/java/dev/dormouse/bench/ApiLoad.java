package dev.dormouse.bench;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Callers of the API in a process of their own: wrk, which leaves the processors to what is measured. */
final class ApiLoad {

    private static final Path SCRIPT = Path.of("src/test/resources/bench/calls.lua");

    private final String api;

    /** @param api base URL */
    ApiLoad(String api) {
        this.api = api;
    }

    /**
     * What came of a load.
     *
     * @param failure the last one, if any
     */
    record Outcome(
            long count,
            long failed,
            double perSecond,
            double p50,
            double p95,
            double p99,
            @Nullable String failure) {

        /** As cells of a table. */
        List<String> cells() {
            return List.of(
                    Report.number(perSecond),
                    Report.number(p50),
                    Report.number(p95),
                    Report.number(p99),
                    String.valueOf(failed));
        }
    }

    /** Creates actors whose ids begin with {@code prefix}. */
    Outcome create(String prefix, int callers, int seconds) throws IOException, InterruptedException {
        return run(callers, seconds, "create", prefix, 0);
    }

    /** Resume and suspend in turns, each caller with one actor; what is measured are the resumes. */
    Outcome cycle(String prefix, int callers, int seconds) throws IOException, InterruptedException {
        return run(callers, seconds, "cycle", "/v1/atespaces/default/actors/" + prefix, 0);
    }

    /** As {@link #cycle}, each with another actor out of {@code actors} that {@link ControlPlane#fill} made. */
    Outcome cycleAmong(int actors, int callers, int seconds) throws IOException, InterruptedException {
        return run(callers, seconds, "cycle", "/v1/atespaces/bench-%d/actors/a%d", actors);
    }

    /** Resumes actors that run, each caller its own. */
    Outcome resume(String prefix, int callers, int seconds) throws IOException, InterruptedException {
        return run(callers, seconds, "resume", "/v1/atespaces/default/actors/" + prefix, 0);
    }

    /** All callers resume one actor. */
    Outcome resumeOne(String actor, int callers, int seconds) throws IOException, InterruptedException {
        return run(callers, seconds, "resume", "/v1/atespaces/default/actors/" + actor, 1);
    }

    Outcome list(String path, int callers, int seconds) throws IOException, InterruptedException {
        return run(callers, seconds, "list", path, 0);
    }

    private Outcome run(int callers, int seconds, String what, String name, int actors)
            throws IOException, InterruptedException {
        Process wrk = new ProcessBuilder(
                        "wrk",
                        "-t" + callers,
                        "-c" + callers,
                        "-d" + seconds + "s",
                        "--timeout",
                        "30s",
                        "-s",
                        SCRIPT.toString(),
                        api,
                        "--",
                        what,
                        name,
                        String.valueOf(actors),
                        String.valueOf(callers))
                .redirectErrorStream(true)
                .start();
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (wrk.waitFor() != 0 || !output.contains("{\"count\"")) {
            throw new IllegalStateException(output);
        }
        JsonObject told = new JsonObject(output.substring(output.indexOf("{\"count\"")));
        return new Outcome(
                told.getLong("count"),
                told.getLong("failed"),
                told.getLong("count") / told.getDouble("seconds"),
                told.getDouble("p50"),
                told.getDouble("p95"),
                told.getDouble("p99"),
                told.getString("failure").isEmpty() ? null : told.getString("failure"));
    }
}
