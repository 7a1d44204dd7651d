package dev.dormouse.ateapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.actor.PageToken;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.ApiEra;
import dev.dormouse.snapshot.Scope;
import dev.dormouse.snapshot.SnapshotRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists, as a client of each era reads what that era's answers write. */
class AnswersTest {

    private static final Instant THEN = Instant.ofEpochSecond(1_000_000, 7);
    private static final ActorKey KEY = ActorKey.of("team-a", "counter");

    private static byte[] list(ApiEra era, ActorStatus status) {
        return Answers.of(era)
                .actors(new ActorStore.Page(List.of(actor(status)), KEY))
                .toByteArray();
    }

    private static Actor actor(ActorStatus status) {
        return new Actor(
                KEY,
                new UUID(0, 5),
                new TemplateRef("demo", "counter"),
                status,
                3,
                1,
                Map.of(),
                Map.of("gpu", "yes"),
                null,
                null,
                snapshot("file:/durable", null),
                status == ActorStatus.PAUSED ? snapshot("file:/local", "node-1") : null,
                null,
                null,
                null,
                THEN,
                THEN.plusSeconds(1));
    }

    private static SnapshotRef snapshot(String uri, String node) {
        return new SnapshotRef(new UUID(0, 6), uri, Scope.FULL, 1, "gvisor", "build", "", node, THEN);
    }

    @ParameterizedTest
    @EnumSource
    void v006HasTheDurableSnapshotAndNoPauses(ActorStatus status) throws Exception {
        var page = dev.dormouse.ateapi.v006.wire.ListActorsResponse.parseFrom(list(ApiEra.V0_0_6, status));

        assertThat(page.getNextPageToken()).isEqualTo(PageToken.of(KEY));
        var shown = page.getActors(0);
        assertThat(shown.getActorId()).isEqualTo("counter");
        assertThat(shown.getLastSnapshot()).isEqualTo("file:/durable");
        assertThat(shown.getStatus().name()).isEqualTo(status.wireName().replace("PAUS", "SUSPEND"));
        assertThat(shown.getUnknownFields().asMap()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void v008HasEveryStatusByItsName(ActorStatus status) throws Exception {
        var page = dev.dormouse.ateapi.v008.wire.ListActorsResponse.parseFrom(list(ApiEra.V0_0_8, status));

        var shown = page.getActors(0);
        assertThat(shown.getAtespace()).isEqualTo("team-a");
        assertThat(shown.getStatus().name()).isEqualTo(status.wireName());
        assertThat(shown.getWorkerSelector().getMatchLabelsMap()).containsOnly(Map.entry("gpu", "yes"));
        assertThat(shown.getLatestSnapshotInfo().hasLocal()).isEqualTo(status == ActorStatus.PAUSED);
        assertThat(shown.getUnknownFields().asMap()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void v009HasEveryStatusByItsName(ActorStatus status) throws Exception {
        var page = dev.dormouse.ateapi.v009.wire.ListActorsResponse.parseFrom(list(ApiEra.V0_0_9, status));

        var shown = page.getActors(0);
        assertThat(shown.getMetadata().getAtespace()).isEqualTo("team-a");
        assertThat(shown.getMetadata().getVersion()).isEqualTo(3);
        assertThat(shown.getMetadata().getUpdateTime().getSeconds()).isEqualTo(1_000_001);
        assertThat(shown.getMetadata().getUpdateTime().getNanos()).isEqualTo(7);
        assertThat(shown.getStatus().name()).isEqualTo(status.wireName());
        assertThat(shown.getLatestSnapshotInfo().hasLocal()).isEqualTo(status == ActorStatus.PAUSED);
        assertThat(shown.getUnknownFields().asMap()).isEmpty();
    }

    @Test
    void theLastPageHasNoToken() {
        byte[] last = Answers.of(ApiEra.V0_0_8)
                .actors(new ActorStore.Page(List.of(), null))
                .toByteArray();

        assertThat(last).isEmpty();
    }
}
