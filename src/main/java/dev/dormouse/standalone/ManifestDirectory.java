package dev.dormouse.standalone;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.standalone.ManifestObject.Key;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the catalog as a directory declares it: read at start and looked at each second. A file is applied whole once it has stood
 * still for a second; a bad one is logged and its objects stay as they were; the objects of a removed one are deleted. The
 * directory wins at every start over what the API changed in its objects.
 */
@ApplicationScoped
class ManifestDirectory {

    private static final Logger LOG = Logger.getLogger(ManifestDirectory.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int POLLS_BEFORE_RETRY = 10;
    private static final String SOURCE = "file:";

    private final ManifestCatalog catalog;
    private final Map<String, Known> known = new TreeMap<>();
    private final Map<String, Integer> unpruned = new TreeMap<>();
    private Map<String, Stamp> lastSeen = Map.of();
    private boolean unreadable;
    private @Nullable Thread watch;

    /** What tells one state of a file from the next. */
    private record Stamp(FileTime modified, long size) {}

    /** @param keys what its last good state declares */
    private record Known(Stamp stamp, Set<Key> keys, boolean good) {}

    private record Parsed(Stamp stamp, List<ManifestObject> objects) {

        Set<Key> keys() {
            return objects.stream().map(ManifestObject::key).collect(Collectors.toSet());
        }
    }

    ManifestDirectory(ManifestCatalog catalog) {
        this.catalog = catalog;
    }

    void onStart(@Observes @Priority(ManifestCatalog.START_PRIORITY + 100) StartupEvent start, DormouseConfig config) {
        if (config.role() == DormouseConfig.Role.SERVER) {
            config.standalone().manifests().ifPresent(this::start);
        }
    }

    /** Blocks until the directory has been read once. */
    void start(Path directory) {
        readFirst(directory);
        watch = Thread.ofVirtual().name("manifests").start(() -> watch(directory));
    }

    @PreDestroy
    void stop() {
        if (watch != null) {
            watch.interrupt();
        }
    }

    private void watch(Path directory) {
        try {
            while (true) {
                Thread.sleep(EVERY);
                poll(directory);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void readFirst(Path directory) {
        try {
            // what a file declared that went while no server ran
            catalog.fileSources().await().atMost(LIMIT).stream()
                    .map(source -> source.substring(SOURCE.length()))
                    .forEach(name -> unpruned.put(name, 0));
            lastSeen = list(directory);
        } catch (IOException | RuntimeException e) {
            LOG.errorf("the manifests in %s can't be read: %s", directory, e);
        }
        poll(directory);
    }

    /** One look at the directory; what fails is logged and tried again at the next. */
    void poll(Path directory) {
        try {
            Map<String, Stamp> now = list(directory);
            Map<String, Stamp> changed = settled(now);
            lastSeen = now;
            unreadable = false;
            Set<String> removed = new TreeSet<>(known.keySet());
            removed.removeAll(now.keySet());
            if (!changed.isEmpty() || !removed.isEmpty()) {
                removed.forEach(name -> {
                    known.remove(name);
                    unpruned.put(name, 0);
                });
                read(directory, withBad(changed, now));
            }
            prune(now.keySet());
        } catch (IOException e) {
            // a directory that went away is not an empty one: nothing is deleted
            if (!unreadable) {
                LOG.errorf("the manifests in %s can't be read: %s", directory, e);
            }
            unreadable = true;
        } catch (RuntimeException e) {
            LOG.errorf(e, "the manifests in %s could not be applied; trying again", directory);
        }
    }

    private static Map<String, Stamp> list(Path directory) throws IOException {
        Map<String, Stamp> files = new TreeMap<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path file : (Iterable<Path>) entries::iterator) {
                String name = file.getFileName().toString();
                if (!name.startsWith(".") && name.matches(".*\\.(yaml|yml|json)") && Files.isRegularFile(file)) {
                    files.put(name, new Stamp(Files.getLastModifiedTime(file), Files.size(file)));
                }
            }
        } catch (NoSuchFileException gone) {
            if (!Files.isDirectory(directory)) {
                throw gone;
            }
            // one that was removed while we looked is seen at the next look
            return list(directory);
        }
        return files;
    }

    /** Changed files that nobody writes to any more, as far as a second tells. */
    private Map<String, Stamp> settled(Map<String, Stamp> now) {
        return now.entrySet().stream()
                .filter(file -> !known.containsKey(file.getKey())
                        || !known.get(file.getKey()).stamp().equals(file.getValue()))
                .filter(file -> file.getValue().equals(lastSeen.get(file.getKey())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** A bad file may be good once another changed: what both declared stands in one only. */
    private Map<String, Stamp> withBad(Map<String, Stamp> changed, Map<String, Stamp> now) {
        Map<String, Stamp> all = new TreeMap<>(changed);
        known.forEach((name, file) -> {
            if (!file.good() && file.stamp().equals(now.get(name))) {
                all.put(name, file.stamp());
            }
        });
        return all;
    }

    private void read(Path directory, Map<String, Stamp> files) throws IOException {
        Map<String, Parsed> parsed = new TreeMap<>();
        for (var file : files.entrySet()) {
            String name = file.getKey();
            try {
                parsed.put(name, new Parsed(file.getValue(), ManifestReader.read(bounded(directory.resolve(name)))));
            } catch (ManifestException e) {
                bad(name, file.getValue(), e);
            } catch (NoSuchFileException gone) {
                LOG.debugf("%s was removed while it was read", name);
            }
        }
        Map<Key, String> owners = owners(parsed);
        parsed.forEach((name, file) -> apply(name, file, owners));
    }

    /** One byte more than is allowed is enough to refuse it. */
    private static byte[] bounded(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(ManifestYaml.MAX_BYTES + 1);
        }
    }

    /** Who declares what: new content where it could be read, the last good one elsewhere; the first by name. */
    private Map<Key, String> owners(Map<String, Parsed> parsed) {
        Map<String, Set<Key>> declared = new TreeMap<>();
        known.forEach((name, file) -> declared.put(name, file.keys()));
        parsed.forEach((name, file) -> declared.put(name, file.keys()));
        Map<Key, String> owners = new HashMap<>();
        declared.forEach((name, keys) -> keys.forEach(key -> owners.putIfAbsent(key, name)));
        return owners;
    }

    private void apply(String name, Parsed file, Map<Key, String> owners) {
        try {
            refuseForeign(name, file.objects(), owners);
            List<ManifestResult> results =
                    catalog.apply(SOURCE + name, file.objects()).await().atMost(LIMIT);
            known.put(name, new Known(file.stamp(), file.keys(), true));
            unpruned.put(name, 0);
            results.stream()
                    .filter(result -> result.result() != ManifestResult.Outcome.UNCHANGED)
                    .forEach(result -> LOG.infof("manifest %s: %s", name, result));
        } catch (ManifestException e) {
            bad(name, file.stamp(), e);
        } catch (RuntimeException e) {
            // Mutiny wraps checked failures
            if (e.getCause() instanceof ManifestException refused) {
                bad(name, file.stamp(), refused);
            } else {
                throw e;
            }
        }
    }

    private static void refuseForeign(String name, List<ManifestObject> objects, Map<Key, String> owners)
            throws ManifestException {
        List<ManifestError> errors = new ArrayList<>();
        for (ManifestObject object : objects) {
            String owner = owners.get(object.key());
            if (!name.equals(owner)) {
                errors.add(object.document().error("metadata.name", "%s is declared in %s".formatted(object, owner)));
            }
        }
        if (!errors.isEmpty()) {
            throw new ManifestException(errors);
        }
    }

    private void bad(String name, Stamp stamp, ManifestException e) {
        Known before = known.get(name);
        Set<Key> keys = before == null ? new HashSet<>() : before.keys();
        known.put(name, new Known(stamp, keys, false));
        LOG.errorf("manifest %s is not applied, its objects stay as they were: %s", name, e.getMessage());
    }

    private void prune(Set<String> present) {
        for (String name : List.copyOf(unpruned.keySet())) {
            Known file = known.get(name);
            if (present.contains(name) && (file == null || !file.good())) {
                // not read yet, or bad: nobody knows what it declares
                continue;
            }
            if (unpruned.merge(name, -1, Integer::sum) >= 0) {
                continue;
            }
            ManifestTable.Pruned pruned = catalog.prune(SOURCE + name, file == null ? Set.of() : file.keys())
                    .await()
                    .atMost(LIMIT);
            pruned.deleted().forEach(result -> LOG.infof("manifest %s: %s", name, result));
            if (pruned.refused().isEmpty()) {
                unpruned.remove(name);
            } else {
                unpruned.put(name, POLLS_BEFORE_RETRY);
                LOG.warnf("what %s no longer declares stays for now: %s", name, String.join("; ", pruned.refused()));
            }
        }
    }
}
