package dev.dormouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.worker.Mandate;
import dev.dormouse.worker.Stay;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResidentsTest {

    private static final ActorKey KEY = ActorKey.of("team-a", "a");
    private static final String REFUSAL = "a worker speaks only for the actor that it runs now";

    private final UUID worker = UUID.randomUUID();
    private final Stay stay = new Stay(worker, KEY, 7);
    private @Nullable Actor record = actor(KEY, ActorStatus.RUNNING);
    private boolean asked;

    /** The store that has this one record; nothing else is asked of it. */
    private final ActorStore store = (ActorStore) Proxy.newProxyInstance(
            ActorStore.class.getClassLoader(), new Class<?>[] {ActorStore.class}, (proxy, method, arguments) -> {
                asked = true;
                assertThat(method.getName()).isEqualTo("find");
                return Uni.createFrom()
                        .item(Optional.ofNullable(record)
                                .filter(actor -> actor.key().equals(arguments[0])));
            });

    private final Residents residents = new Residents(store, null);

    private Actor actor(ActorKey key, ActorStatus status) {
        return new Actor(
                key,
                UUID.randomUUID(),
                new TemplateRef("demo", "counter"),
                status,
                3,
                7,
                Map.of(),
                Map.of(),
                new Actor.Activation(worker, new Actor.WorkerRef("ns", "pool", "pod", "10.0.0.1", "node"), null),
                null,
                null,
                null,
                null,
                null,
                null,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    private Actor at(Mandate mandate, Stay asking) {
        return residents.at(mandate, asking).await().indefinitely();
    }

    private Failure refusal(Mandate mandate, Stay asking) {
        return catchThrowableOfType(Failure.class, () -> at(mandate, asking));
    }

    private void isRefused(Mandate mandate, Stay asking) {
        Failure failure = refusal(mandate, asking);
        assertThat(failure.code()).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(failure.detail()).isEqualTo(REFUSAL);
    }

    @ParameterizedTest
    @EnumSource
    void onlyAnActorThatRunsOrWakesIsSpokenFor(ActorStatus status) {
        record = actor(KEY, status);

        if (status == ActorStatus.RUNNING || status == ActorStatus.RESUMING) {
            assertThat(at(new Mandate(worker), stay)).isSameAs(record);
            assertThat(at(Mandate.ALL, stay)).isSameAs(record);
        } else {
            isRefused(new Mandate(worker), stay);
        }
    }

    @Test
    void anotherWorkersActorIsNotEvenLookedFor() {
        isRefused(new Mandate(UUID.randomUUID()), stay);

        assertThat(asked).isFalse();
    }

    @Test
    void aWorkerThatSaysItRunsAnothersActorIsRefused() {
        UUID liar = UUID.randomUUID();

        isRefused(new Mandate(liar), new Stay(liar, KEY, 7));
    }

    @Test
    void anotherGenerationIsRefused() {
        isRefused(new Mandate(worker), new Stay(worker, KEY, 6));
        isRefused(new Mandate(worker), new Stay(worker, KEY, 8));
    }

    @Test
    void anActorThatIsNotThereIsRefusedInTheSameWords() {
        record = null;

        isRefused(new Mandate(worker), stay);
    }

    @Test
    void aGoldenActorIsNobody() {
        ActorKey golden = ActorKey.of("ate-golden", "a");
        record = actor(golden, ActorStatus.RUNNING);

        assertThat(refusal(new Mandate(worker), new Stay(worker, golden, 7)).code())
                .isEqualTo(Code.FAILED_PRECONDITION);
    }
}
