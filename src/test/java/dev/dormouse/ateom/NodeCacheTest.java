package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.ateom.NodeCache.Held;
import dev.dormouse.ateom.wire.Failure.Reason;
import dev.dormouse.name.ActorKey;
import dev.dormouse.snapshot.Manifest;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotStores;
import dev.dormouse.snapshot.TestStores;
import dev.dormouse.snapshot.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeCacheTest {

    private static final ActorKey ACTOR = ActorKey.of("default", "a");

    @TempDir
    Path temp;

    private final Verifier verifier = new Verifier();
    private final SnapshotStores stores = TestStores.with(verifier);
    private NodeCache cache;

    @BeforeEach
    void open() throws IOException {
        cache = new NodeCache(temp.resolve("node"), temp.resolve("node"), stores, verifier, 250);
    }

    /** A snapshot of 100 bytes in the store. */
    private SnapshotUri stored(ActorKey owner) throws Exception {
        String id = UUID.randomUUID().toString();
        SnapshotUri uri = SnapshotUri.durable("file://" + temp.resolve("store"), owner, id);
        Path source = Files.createDirectories(temp.resolve("source-" + id));
        Files.write(source.resolve("pages.img"), new byte[100]);
        stores.put(uri.text(), source, manifest(owner, id));
        return uri;
    }

    private static Manifest manifest(ActorKey owner, String id) {
        return new Manifest(
                Manifest.FORMAT,
                id,
                owner.atespace().value(),
                owner.id().value(),
                "demo/counter",
                1,
                null,
                Scope.FULL,
                "gvisor",
                new Manifest.SandboxBuild("1", "b", "systrap", List.of()),
                new Manifest.Cpu("amd64", "f"),
                Map.of(),
                List.of(),
                Instant.EPOCH);
    }

    @Test
    void whatWasUsedLongestAgoGivesWay() throws Exception {
        SnapshotUri first = stored(ACTOR);
        SnapshotUri second = stored(ACTOR);
        SnapshotUri third = stored(ACTOR);
        cache.hold(first).close();
        cache.hold(second).close();
        cache.hold(first).close();

        cache.hold(third).close();

        assertThat(cache.ids(10)).containsExactly(third.id(), first.id());
        assertThat(temp.resolve("node/cache/default/a/" + second.id())).doesNotExist();
    }

    @Test
    void whatIsInUseStays() throws Exception {
        SnapshotUri first = stored(ACTOR);
        try (Held held = cache.hold(first)) {
            cache.hold(stored(ACTOR)).close();
            cache.hold(stored(ACTOR)).close();

            assertThat(held.dir().resolve("pages.img")).exists();
        }
    }

    @Test
    void theIndexSurvivesARestartAndStagedFilesDoNot() throws Exception {
        SnapshotUri first = stored(ACTOR);
        cache.hold(first).close();
        Files.writeString(cache.stage().resolve("half"), "written");

        NodeCache next = new NodeCache(temp.resolve("node"), temp.resolve("node"), stores, verifier, 250);
        stores.delete(first.text());

        try (Held held = next.hold(first)) {
            assertThat(held.manifest().id()).isEqualTo(first.id());
        }
        assertThat(temp.resolve("node/staging")).isEmptyDirectory();
    }

    @Test
    void ateomsOfANodeShareWhatTheyBrought() throws Exception {
        NodeCache other = new NodeCache(temp.resolve("node"), temp.resolve("other"), stores, verifier, 250);
        SnapshotUri uri = stored(ACTOR);
        cache.hold(uri).close();
        stores.delete(uri.text());

        try (Held held = other.hold(uri)) {
            assertThat(held.manifest().id()).isEqualTo(uri.id());
            assertThat(other.ids(10)).containsExactly(uri.id());
        }
    }

    @Test
    void whatAnotherAteomUsesStays() throws Exception {
        SnapshotUri first = stored(ACTOR);
        cache.hold(first).close();
        try (OtherProcess other = OtherProcess.usingCache(temp.resolve("node/cache.lock"), first.id())) {
            cache.hold(stored(ACTOR)).close();
            cache.hold(stored(ACTOR)).close();
            assertThat(temp.resolve("node/cache/default/a/" + first.id())).isNotEmptyDirectory();

            other.kill();
            cache.hold(stored(ACTOR)).close();
            assertThat(temp.resolve("node/cache/default/a/" + first.id())).doesNotExist();
        }
    }

    @Test
    void aManifestAtAnotherActorsPlaceIsRefused() throws Exception {
        SnapshotUri theirs = stored(ActorKey.of("team-b", "a"));
        Path stolen = temp.resolve("store/default/a/" + theirs.id());
        Files.createDirectories(stolen.getParent());
        Files.move(temp.resolve("store/team-b/a/" + theirs.id()), stolen);

        assertThatThrownBy(() -> cache.hold(SnapshotUri.parse("file://" + stolen)))
                .isInstanceOfSatisfying(
                        CommandFailure.class, e -> assertThat(e.reason()).isEqualTo(Reason.SNAPSHOT_CORRUPT));
    }

    @Test
    void aDamagedCopyIsFetchedAgainFromTheStore() throws Exception {
        SnapshotUri uri = stored(ACTOR);
        cache.hold(uri).close();
        Path copy = temp.resolve("node/cache/default/a/" + uri.id() + "/pages.img");
        // the copy shares its bytes with the store by a hard link: give it others
        Files.delete(copy);
        Files.write(copy, new byte[] {1, 2, 3});

        try (Held held = cache.hold(uri)) {
            assertThat(held.dir().resolve("pages.img")).hasSize(100);
        }
    }
}
