package dev.dormouse.standalone;

import static dev.dormouse.standalone.CatalogFixture.pool;
import static dev.dormouse.standalone.CatalogFixture.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestDirectoryTest {

    @TempDir
    private Path files;

    private CatalogFixture fixture;
    private ManifestDirectory directory;
    private int edits;

    @BeforeEach
    void open() {
        fixture = new CatalogFixture();
        directory = new ManifestDirectory(fixture.catalog);
    }

    @AfterEach
    void close() {
        directory.stop();
        fixture.close();
    }

    @Test
    void theDirectoryIsReadAtStart() throws Exception {
        write("a.yaml", pool("one", 1));
        write("b.yml", pool("two", 2));
        write("notes.txt", "not a manifest");
        write(".hidden.yaml", "neither: is this");

        directory.start(files);

        assertThat(pools()).containsExactly("one=1", "two=2");
    }

    @Test
    void aWatchedFileIsAppliedAndRemovedByItself() throws Exception {
        directory.start(files);

        write("a.yaml", pool("one", 1));
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(pools()).containsExactly("one=1"));
        Files.delete(files.resolve("a.yaml"));
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(pools()).isEmpty());
    }

    @Test
    void aFileIsAppliedOnlyOnceItStandsStill() throws Exception {
        write("a.yaml", pool("one", 1));
        directory.poll(files);
        assertThat(pools()).isEmpty();

        write("a.yaml", pool("one", 2));
        directory.poll(files);
        assertThat(pools()).isEmpty();

        directory.poll(files);
        assertThat(pools()).containsExactly("one=2");
    }

    @Test
    void aBadFileLeavesItsObjectsAndTheOtherFilesAlone() throws Exception {
        write("a.yaml", pool("one", 1) + "---\n" + pool("two", 1));
        look();

        write("a.yaml", pool("one", 9) + "---\nkind: Nonsense\n");
        write("b.yaml", pool("three", 3));
        look();
        assertThat(pools()).containsExactly("one=1", "three=3", "two=1");

        write("a.yaml", pool("one", 9));
        look();
        assertThat(pools()).containsExactly("one=9", "three=3");
    }

    @Test
    void anObjectMovesFromFileToFileWithoutBeingDeleted() throws Exception {
        write("a.yaml", pool("one", 1) + "---\n" + pool("two", 1));
        look();
        String uid = fixture.catalog.pools().getFirst().getMetadata().getUid();

        write("a.yaml", pool("two", 1));
        write("b.yaml", pool("one", 1));
        look();
        look();

        assertThat(pools()).containsExactly("one=1", "two=1");
        assertThat(fixture.catalog.pools().getFirst().getMetadata().getUid()).isEqualTo(uid);
    }

    @Test
    void anObjectBelongsToTheFirstFileThatDeclaresIt() throws Exception {
        write("a.yaml", pool("one", 1));
        write("b.yaml", pool("one", 2));
        look();
        assertThat(pools()).containsExactly("one=1");

        Files.delete(files.resolve("a.yaml"));
        look();
        assertThat(pools()).containsExactly("one=2");
    }

    @Test
    void whatWentWhileNoServerRanIsDeletedAtStart() throws Exception {
        write("a.yaml", pool("one", 1));
        write("b.yaml", pool("two", 1));
        look();
        fixture.apply(pool("by-hand", 1));
        Files.delete(files.resolve("a.yaml"));

        ManifestDirectory restarted = new ManifestDirectory(fixture.catalog);
        restarted.start(files);
        restarted.stop();

        assertThat(pools()).containsExactly("by-hand=1", "two=1");
    }

    @Test
    void aTemplateWithActorsStaysUntilTheyAreGone() throws Exception {
        write("a.yaml", template("tally", "app"));
        look();
        fixture.insertActor("default", "a", "demo", "tally");

        Files.delete(files.resolve("a.yaml"));
        look();
        assertThat(fixture.catalog.templates()).hasSize(1);

        fixture.removeActors();
        for (int i = 0; i < 12; i++) {
            directory.poll(files);
        }
        assertThat(fixture.catalog.templates()).isEmpty();
    }

    @Test
    void aDirectoryThatVanishesDeletesNothing() throws Exception {
        write("a.yaml", pool("one", 1));
        look();

        Path moved = files.resolveSibling(files.getFileName() + "-moved");
        Files.move(files, moved);
        look();
        assertThat(pools()).containsExactly("one=1");

        Files.move(moved, files);
        look();
        assertThat(pools()).containsExactly("one=1");
    }

    @Test
    void aChangedTemplateIsRefusedAndTheOldOneStays() throws Exception {
        write("a.yaml", template("tally", "app"));
        look();

        write("a.yaml", template("tally", "other"));
        look();

        assertThat(fixture.catalog
                        .templates()
                        .getFirst()
                        .getSpec()
                        .containers()
                        .getFirst()
                        .image())
                .isEqualTo("app@sha256:00");
    }

    /** Long enough that everything has stood still. */
    private void look() {
        directory.poll(files);
        directory.poll(files);
    }

    private void write(String name, String yaml) throws IOException {
        Path file = files.resolve(name);
        Files.writeString(file, yaml);
        // file systems may count in seconds; a test writes faster
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(++edits)));
    }

    private List<String> pools() {
        return fixture.catalog.pools().stream()
                .map(pool -> pool.getMetadata().getName() + "=" + pool.getSpec().replicas())
                .toList();
    }
}
