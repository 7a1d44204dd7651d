package dev.dormouse.standalone;

import static dev.dormouse.standalone.CatalogFixture.await;
import static dev.dormouse.standalone.CatalogFixture.pool;
import static dev.dormouse.standalone.CatalogFixture.sandboxConfig;
import static dev.dormouse.standalone.CatalogFixture.secret;
import static dev.dormouse.standalone.CatalogFixture.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.dormouse.journal.ChangeFeed.CatalogChange;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.standalone.ManifestObject.Key;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateStatus;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManifestCatalogTest {

    private static final TemplateRef TALLY = new TemplateRef("demo", "tally");
    private static final PoolRef POOL = new PoolRef("demo", "one");
    private static final String NEXT = "---\n";

    private CatalogFixture fixture;

    @BeforeEach
    void open() {
        fixture = new CatalogFixture();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void resultsSayWhatBecameOfEachObject() throws Exception {
        String both = pool("one", 1) + NEXT + template("tally", "app");

        assertThat(fixture.apply(both))
                .containsExactly("WorkerPool demo/one CREATED", "ActorTemplate demo/tally CREATED");
        assertThat(fixture.apply(both))
                .containsExactly("WorkerPool demo/one UNCHANGED", "ActorTemplate demo/tally UNCHANGED");
        assertThat(fixture.apply(pool("one", 2))).containsExactly("WorkerPool demo/one CONFIGURED");
        assertThat(fixture.catalog.pools().getFirst().getSpec().replicas()).isEqualTo(2);
        assertThat(fixture.catalog.pools().getFirst().getMetadata().getGeneration())
                .isEqualTo(2);
    }

    @Test
    void changesArePublishedOnceTheyCanBeRead() throws Exception {
        fixture.apply(pool("one", 1) + NEXT + template("tally", "app"));
        fixture.apply(pool("one", 1));

        assertThat(fixture.published)
                .containsExactly(
                        new CatalogChange("WorkerPool", "demo", "one"),
                        new CatalogChange("ActorTemplate", "demo", "tally"));
    }

    @Test
    void oneBadDocumentMeansThatNoneIsApplied() throws Exception {
        fixture.apply(template("tally", "app"));

        Throwable refusal = catchThrowable(
                () -> fixture.apply(pool("one", 1) + NEXT + template("tally", "other") + NEXT + pool("two", 1)));

        assertThat(refusal).hasStackTraceContaining("document 2, line 9, column 1: spec: Spec is immutable");
        assertThat(fixture.catalog.pools()).isEmpty();
        assertThat(fixture.count("select count(*) from manifest")).isEqualTo(1);
    }

    @Test
    void aNamedSandboxClassIsMoreThanTheSameByDefault() throws Exception {
        fixture.apply(template("tally", "app"));
        String named = template("tally", "app").replace("snapshotsConfig:", "sandboxClass: gvisor\n  snapshotsConfig:");

        assertThatThrownBy(() -> fixture.apply(named)).hasStackTraceContaining("spec: Spec is immutable");
    }

    @Test
    void aDefaultWrittenOutIsNoChangeOfTheSpec() throws Exception {
        fixture.apply(template("tally", "app"));

        assertThat(fixture.apply(template("tally", "app").replace("location:", "onPause: Full, location:")))
                .containsExactly("ActorTemplate demo/tally UNCHANGED");
    }

    @Test
    void labelsOfATemplateMayChange() throws Exception {
        fixture.apply(template("tally", "app"));

        assertThat(fixture.apply(
                        template("tally", "app").replace("namespace: demo", "namespace: demo, labels: {a: b}")))
                .containsExactly("ActorTemplate demo/tally CONFIGURED");
        assertThat(fixture.catalog.template(TALLY).orElseThrow().getMetadata().getLabels())
                .containsEntry("a", "b");
        assertThat(fixture.catalog.template(TALLY).orElseThrow().getMetadata().getGeneration())
                .isEqualTo(1);
    }

    @Test
    void aClassHasOneDefault() throws Exception {
        fixture.apply(sandboxConfig("a", true) + NEXT + sandboxConfig("b", false));

        assertThat(catchThrowable(() -> fixture.apply(sandboxConfig("b", true))))
                .hasStackTraceContaining("spec.default: SandboxConfig a is the default of class gvisor already");
        assertThat(fixture.apply(sandboxConfig("a", false) + NEXT + sandboxConfig("b", true)))
                .containsExactly("SandboxConfig /a CONFIGURED", "SandboxConfig /b CONFIGURED");
        assertThat(catchThrowable(() -> fixture.apply(sandboxConfig("c", true) + NEXT + sandboxConfig("d", true))))
                .isNotNull();
    }

    @Test
    void aRestartFindsEverything() throws Exception {
        fixture.apply(pool("one", 3) + NEXT + template("tally", "app") + NEXT + sandboxConfig("a", true));
        ActorTemplate seen = fixture.catalog.template(TALLY).orElseThrow();
        SnapshotRef golden = golden();
        assertThat(await(fixture.catalog.templateStatus(seen, status("Ready"), golden)))
                .isTrue();

        ManifestCatalog restarted = fixture.another();

        ActorTemplate template = restarted.template(TALLY).orElseThrow();
        assertThat(template.getSpec()).isEqualTo(seen.getSpec());
        assertThat(template.getStatus()).isEqualTo(status("Ready"));
        assertThat(template.getMetadata().getUid()).isEqualTo(seen.getMetadata().getUid());
        assertThat(restarted.golden(TALLY)).contains(golden);
        assertThat(restarted.pools().getFirst().getMetadata().getLabels().keySet())
                .containsExactly("b", "a");
        assertThat(restarted.sandboxConfigs()).hasSize(1);
        restarted.stop();
    }

    @Test
    void anotherReplicaSeesAChangeWhenItHearsOfIt() throws Exception {
        ManifestCatalog other = fixture.another();

        fixture.apply(pool("one", 1));

        await().untilAsserted(() -> assertThat(other.pools()).hasSize(1));
        other.stop();
    }

    @Test
    void aStatusIsWrittenOnlyOnWhatWasSeen() throws Exception {
        fixture.apply(template("tally", "app"));
        ActorTemplate seen = fixture.catalog.template(TALLY).orElseThrow();
        assertThat(await(fixture.catalog.templateStatus(seen, status("ResumeGoldenActor"), null)))
                .isTrue();

        assertThat(await(fixture.catalog.templateStatus(seen, status("Failed"), null)))
                .isFalse();

        assertThat(fixture.catalog.template(TALLY).orElseThrow().getStatus().phase())
                .isEqualTo("ResumeGoldenActor");
    }

    @Test
    void aStatusOfADeletedTemplateDoesNotReachTheNextOfItsName() throws Exception {
        fixture.apply(template("tally", "app"));
        ActorTemplate first = fixture.catalog.template(TALLY).orElseThrow();
        await(fixture.catalog.delete(new Key(ManifestKind.ACTOR_TEMPLATE, "demo", "tally")));
        fixture.apply(template("tally", "other"));

        assertThat(await(fixture.catalog.templateStatus(first, status("Ready"), golden())))
                .isFalse();
        assertThat(fixture.catalog.golden(TALLY)).isEmpty();
    }

    @Test
    void applyingAgainKeepsTheStatus() throws Exception {
        fixture.apply(template("tally", "app") + NEXT + pool("one", 1));
        WorkerPoolStatus status = new WorkerPoolStatus(1, 1, 1, 0, null, null, 1);
        await(fixture.catalog.poolStatus(POOL, status));

        fixture.apply(pool("one", 5));

        assertThat(fixture.catalog.pools().getFirst().getStatus()).isEqualTo(status);
    }

    @Test
    void anEqualPoolStatusIsNotWritten() throws Exception {
        fixture.apply(pool("one", 1));
        WorkerPoolStatus status = new WorkerPoolStatus(1, 1, 1, 0, null, null, 1);

        await(fixture.catalog.poolStatus(POOL, status));
        await(fixture.catalog.poolStatus(POOL, status));
        await(fixture.catalog.poolStatus(new PoolRef("demo", "gone"), status));

        assertThat(fixture.count("select version from manifest")).isEqualTo(2);
    }

    @Test
    void aTemplateInUseIsNotDeleted() throws Exception {
        fixture.apply(template("tally", "app"));
        fixture.insertActor("default", "a", "demo", "tally");
        fixture.insertActor("default", "b", "demo", "tally");
        fixture.insertActor("default", "c", "demo", "other");
        fixture.insertActor("ate-golden", "g", "demo", "tally");
        Key key = new Key(ManifestKind.ACTOR_TEMPLATE, "demo", "tally");

        assertThatThrownBy(() -> await(fixture.catalog.delete(key)))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(Code.FAILED_PRECONDITION))
                .hasMessage("ActorTemplate demo/tally is used by 2 actors; delete them first");

        fixture.removeActors();
        assertThat(await(fixture.catalog.delete(key)).result()).isEqualTo(ManifestResult.Outcome.DELETED);
        assertThat(fixture.catalog.templates()).isEmpty();
        assertThatThrownBy(() -> await(fixture.catalog.delete(key)))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(Code.NOT_FOUND));
    }

    @Test
    void aSecretIsGivenDecodedAndNowhereElse() throws Exception {
        fixture.apply(secret("hunter2"));

        assertThat(await(fixture.catalog.secret("demo", "keys"))).containsEntry("token", "hunter2");
        assertThat(fixture.apply(secret("hunter2"))).containsExactly("Secret demo/keys UNCHANGED");
        assertThat(fixture.apply(secret("hunter3"))).containsExactly("Secret demo/keys CONFIGURED");
        assertThat(ManifestReader.read(secret("hunter2").getBytes()).toString()).doesNotContain("hunter");
        assertThatThrownBy(() -> await(fixture.catalog.secret("demo", "none")))
                .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(Code.FAILED_PRECONDITION))
                .hasMessage("Secret demo/none not found; apply it");
    }

    @Test
    void twoThatApplyAtOnceFollowEachOther() throws Exception {
        var first = ManifestReader.read(sandboxConfig("a", true).getBytes());
        var second = ManifestReader.read(sandboxConfig("b", true).getBytes());

        List<Boolean> applied = await(io.smallrye.mutiny.Uni.join()
                .all(
                        fixture.catalog.apply(first).map(r -> true).onFailure().recoverWithItem(false),
                        fixture.catalog.apply(second).map(r -> true).onFailure().recoverWithItem(false))
                .andCollectFailures());

        assertThat(applied).containsExactlyInAnyOrder(true, false);
        assertThat(fixture.catalog.sandboxConfigs()).hasSize(1);
    }

    private static ActorTemplateStatus status(String phase) {
        return new ActorTemplateStatus(phase, "g", null, null, null, null, 1);
    }

    private static SnapshotRef golden() {
        return new SnapshotRef(
                UUID.fromString("00000000-0000-0000-0000-000000000001"),
                "file:///s/ate-golden/g/1",
                Scope.FULL,
                17,
                "gvisor",
                "abc",
                "amd64/1",
                null,
                Instant.parse("2026-01-02T03:04:05Z"));
    }
}
