package dev.dormouse.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.platform.Redirects;
import dev.dormouse.snapshot.OrphanSweep.Mode;
import dev.dormouse.snapshot.OrphanSweep.Report;
import dev.dormouse.snapshot.SnapshotStore.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanSweepTest {

    private static final String LOCATION = "gs://ate-snapshots/demo";
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path temp;

    private SnapshotStores stores;
    private final Set<String> records = new HashSet<>();

    @BeforeEach
    void makeStores() {
        Redirects redirects = new Redirects(Map.of("gs://ate-snapshots", "file://" + temp));
        stores = new SnapshotStores(redirects, List.of(new FileSnapshotStore(new Verifier())));
    }

    /** Sweeps as it would be some time from now. */
    private Report sweep(Duration later, Mode mode, String... locations) {
        OrphanSweep sweep =
                new OrphanSweep(stores, InstantSource.fixed(Instant.now().plus(later)));
        return sweep.sweep(List.of(locations), this::known, HOUR, mode);
    }

    private Set<String> known(Set<String> asked) {
        Set<String> known = new HashSet<>(asked);
        known.retainAll(records);
        return known;
    }

    private String put() throws Exception {
        UUID id = UUID.randomUUID();
        Path source = Files.createDirectories(temp.resolve("source/" + id));
        Files.write(source.resolve("pages.img"), new byte[1000]);
        String uri = LOCATION + "/default/counter/" + id;
        stores.put(uri, source, TestManifest.of(id, List.of()));
        return uri;
    }

    private Path place(String uri) {
        return temp.resolve(uri.substring("gs://ate-snapshots/".length()));
    }

    private String halfWritten() throws IOException {
        String uri = LOCATION + "/default/counter/" + UUID.randomUUID();
        Files.createDirectories(place(uri));
        Files.write(place(uri).resolve("pages.img"), new byte[500]);
        return uri;
    }

    @Test
    void whatNoRecordNamesIsDeletedAndTheRestStays() throws Exception {
        String recorded = put();
        records.add(recorded);
        String unrecorded = put();
        String half = halfWritten();

        Report report = sweep(Duration.ofHours(2), Mode.DELETE, LOCATION);

        assertThat(report.orphans()).extracting(Stored::uri).containsExactlyInAnyOrder(unrecorded, half);
        assertThat(report.failures()).isEmpty();
        assertThat(place(unrecorded)).doesNotExist();
        assertThat(place(half)).doesNotExist();
        assertThat(stores.manifest(recorded).files()).hasSize(1);
    }

    @Test
    void aDryRunTellsWithSizesAndDeletesNothing() throws Exception {
        String half = halfWritten();

        Report report = sweep(Duration.ofHours(2), Mode.DRY_RUN, LOCATION);

        assertThat(report.orphans()).extracting(Stored::uri).containsExactly(half);
        assertThat(report.bytes()).isEqualTo(500);
        assertThat(place(half)).exists();
    }

    @Test
    void whatIsYoungMayStillBeRecorded() throws Exception {
        halfWritten();
        put();

        assertThat(sweep(Duration.ofMinutes(30), Mode.DELETE, LOCATION).orphans())
                .isEmpty();
    }

    @Test
    void aLocationThatCannotBeReadDoesNotKeepOthersFromBeingSwept() throws Exception {
        String half = halfWritten();

        Report report = sweep(Duration.ofHours(2), Mode.DELETE, "s3://elsewhere/x", LOCATION);

        assertThat(report.orphans()).extracting(Stored::uri).containsExactly(half);
        assertThat(report.failures()).singleElement().asString().contains("s3://elsewhere/x", "redirect");
    }
}
