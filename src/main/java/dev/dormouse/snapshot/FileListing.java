package dev.dormouse.snapshot;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.dormouse.name.ActorKey;
import dev.dormouse.name.InvalidNameException;
import dev.dormouse.snapshot.SnapshotStore.Stored;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Finds snapshots and segments of logs in a directory by their shape, {@code <atespace>/<actor>/<uuid>}. Whatever looks different isn't ours. */
final class FileListing {

    private FileListing() {}

    static List<Stored> of(String location, Path directory) throws IOException {
        List<Stored> found = new ArrayList<>();
        for (Path atespace : entries(directory)) {
            for (Path actor : entries(atespace)) {
                for (Path snapshot : isActor(name(atespace), name(actor)) ? entries(actor) : List.<Path>of()) {
                    if (isUuid(name(snapshot))) {
                        describe(location, directory, snapshot).ifPresent(found::add);
                    }
                }
            }
        }
        return found;
    }

    /** Empty when it is just being deleted or written: the next listing knows more. */
    private static Optional<Stored> describe(String location, Path directory, Path snapshot) throws IOException {
        long size = 0;
        Instant changed = Instant.EPOCH;
        try (var files = Files.walk(snapshot)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
                Instant modified = attributes.lastModifiedTime().toInstant();
                changed = modified.isAfter(changed) ? modified : changed;
                size += attributes.isRegularFile() ? attributes.size() : 0;
            }
        } catch (NoSuchFileException | UncheckedIOException e) {
            return Optional.empty();
        }
        String base = location.endsWith("/") ? location.substring(0, location.length() - 1) : location;
        String uri = base + "/" + directory.relativize(snapshot);
        boolean complete = Files.exists(snapshot.resolve(Manifest.FILE_NAME))
                || Files.exists(snapshot.resolve(SnapshotStore.LOG_FILE));
        return Optional.of(new Stored(uri, complete, size, changed));
    }

    private static List<Path> entries(Path directory) throws IOException {
        List<Path> directories = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, NOFOLLOW_LINKS)) {
                    directories.add(entry);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        directories.sort(null);
        return directories;
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    static boolean isActor(String atespace, String actor) {
        try {
            ActorKey.of(atespace, actor);
            return true;
        } catch (InvalidNameException e) {
            return false;
        }
    }

    static boolean isUuid(String name) {
        try {
            return UUID.fromString(name).toString().equals(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
