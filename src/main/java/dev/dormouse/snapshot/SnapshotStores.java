package dev.dormouse.snapshot;

import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.Redirects;
import dev.dormouse.snapshot.SnapshotException.Kind;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The durable places of snapshots. URIs are those of manifests and of the database; {@code dormouse.snapshots.redirect} says
 * where they really lead, and the scheme there which store it is. The methods are those of {@link SnapshotStore}: they block.
 */
@ApplicationScoped
public class SnapshotStores {

    /** Far more than nodes put into a segment. */
    private static final int LARGEST_LOG = 16 << 20;

    private final Redirects redirects;
    private final Map<String, SnapshotStore> byScheme;

    @Inject
    SnapshotStores(DormouseConfig config, @All List<SnapshotStore> stores) {
        this(redirects(config.snapshots()), stores);
    }

    /** Who names a store's endpoint wants it used: the directories that stand in for all its buckets are not. */
    static Redirects redirects(DormouseConfig.Snapshots config) {
        Map<String, String> prefixes = new HashMap<>(config.redirect());
        config.s3().endpoint().ifPresent(endpoint -> prefixes.remove("s3://"));
        config.gs().endpoint().ifPresent(endpoint -> prefixes.remove("gs://"));
        return new Redirects(prefixes);
    }

    SnapshotStores(Redirects redirects, List<SnapshotStore> stores) {
        this.redirects = redirects;
        this.byScheme = stores.stream().collect(Collectors.toMap(SnapshotStore::scheme, Function.identity()));
    }

    /** As {@link SnapshotStore#put}. */
    public Manifest put(String uri, Path dir, Manifest manifest) throws SnapshotException {
        String place = redirects.apply(uri);
        return store(uri, place).put(place, dir, manifest);
    }

    /** As {@link SnapshotStore#manifest}. */
    public Manifest manifest(String uri) throws SnapshotException {
        String place = redirects.apply(uri);
        return store(uri, place).manifest(place);
    }

    /** As {@link SnapshotStore#fetch}. */
    public void fetch(String uri, Manifest manifest, Path dir) throws SnapshotException {
        String place = redirects.apply(uri);
        store(uri, place).fetch(place, manifest, dir);
    }

    /** As {@link SnapshotStore#delete}. */
    public void delete(String uri) throws SnapshotException {
        String place = redirects.apply(uri);
        store(uri, place).delete(place);
    }

    /** As {@link SnapshotStore#list}; the URIs begin with the location that was asked for. */
    public List<SnapshotStore.Stored> list(String location) throws SnapshotException {
        String base = withoutSlash(location);
        String place = withoutSlash(redirects.apply(base));
        return store(location, place).list(place).stream()
                .map(each -> new SnapshotStore.Stored(
                        base + each.uri().substring(place.length()),
                        each.complete(),
                        each.sizeBytes(),
                        each.lastChanged()))
                .toList();
    }

    /** Stores a segment of a log, compressed and with a checksum, over an older one. {@link #delete} removes it. */
    public void putLog(String uri, byte[] text) throws SnapshotException {
        String place = redirects.apply(uri);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(content)) {
            gzip.write(text);
        } catch (IOException e) {
            throw new IllegalStateException("memory takes what is written", e);
        }
        store(uri, place).putLog(place, content.toByteArray());
    }

    /** The text of a segment. Fails MISSING or CORRUPT. */
    public byte[] log(String uri) throws SnapshotException {
        String place = redirects.apply(uri);
        byte[] content = store(uri, place).log(place);
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(content))) {
            byte[] text = gzip.readNBytes(LARGEST_LOG);
            if (gzip.read() >= 0) {
                throw new SnapshotException(Kind.CORRUPT, "log " + uri + " is damaged: it has no end", null);
            }
            return text;
        } catch (IOException e) {
            throw new SnapshotException(Kind.CORRUPT, "log " + uri + " is damaged: " + e.getMessage(), e);
        }
    }

    private SnapshotStore store(String uri, String place) throws SnapshotException {
        int colon = place.indexOf("://");
        SnapshotStore store = colon < 0 ? null : byScheme.get(place.substring(0, colon));
        if (store == null) {
            throw new SnapshotException(
                    Kind.UNAVAILABLE,
                    "nothing here stores snapshots at '%s': use one of %s, or set dormouse.snapshots.redirect"
                            .formatted(uri, new TreeSet<>(byScheme.keySet())),
                    null);
        }
        return store;
    }

    private static String withoutSlash(String location) {
        return location.endsWith("/") && !location.endsWith("//")
                ? location.substring(0, location.length() - 1)
                : location;
    }
}
