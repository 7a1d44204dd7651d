package dev.dormouse.blackbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The sandboxes of one server as the machine has them, whatever the server believes. */
final class Sandboxes {

    private static final Pattern BUNDLE = Pattern.compile("--bundle=(\\S+)");
    private static final String IDENTITY = "/run/ate";

    private final Path dataDir;

    /** @param dataDir of the server: its sandboxes' bundles are in it */
    Sandboxes(Path dataDir) {
        this.dataDir = dataDir;
    }

    List<ProcessHandle> all() {
        return ProcessHandle.allProcesses()
                .filter(process -> bundle(process).isPresent())
                .toList();
    }

    /** The actors that have two sandboxes at this very moment, with the processes. */
    Map<String, List<ProcessHandle>> twice() {
        Map<String, List<ProcessHandle>> byActor = new HashMap<>();
        for (ProcessHandle sandbox : all()) {
            actor(sandbox).ifPresent(id -> byActor.merge(id, List.of(sandbox), Sandboxes::both));
        }
        // one that ended while we looked was not there together with the other
        byActor.values()
                .removeIf(
                        sandboxes -> sandboxes.stream().filter(Sandboxes::runs).count() < 2);
        return byActor;
    }

    private static List<ProcessHandle> both(List<ProcessHandle> some, List<ProcessHandle> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /** A killed process that is not yet buried runs nothing. */
    private static boolean runs(ProcessHandle process) {
        return !commandLine(process).isEmpty();
    }

    /** The actor in a sandbox; empty while it waits for one. */
    private Optional<String> actor(ProcessHandle sandbox) {
        try {
            Path config = bundle(sandbox).orElseThrow().resolve("config.json");
            JsonArray mounts = new JsonObject(Files.readString(config)).getJsonArray("mounts");
            for (Object entry : mounts) {
                JsonObject mount = (JsonObject) entry;
                if (IDENTITY.equals(mount.getString("destination"))) {
                    String id = Files.readString(Path.of(mount.getString("source"), "actor-id"));
                    return id.isEmpty() ? Optional.empty() : Optional.of(id);
                }
            }
        } catch (IOException | RuntimeException e) {
            // it is being removed
        }
        return Optional.empty();
    }

    private Optional<Path> bundle(ProcessHandle process) {
        String line = commandLine(process);
        Matcher bundle = BUNDLE.matcher(line);
        return line.startsWith("runsc-sandbox") && bundle.find()
                ? Optional.of(Path.of(bundle.group(1))).filter(path -> path.startsWith(dataDir))
                : Optional.empty();
    }

    /** Empty when the process is gone; the process handle would cut a long one off. */
    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }
}
