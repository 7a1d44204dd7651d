package dev.dormouse.cluster;

import static dev.dormouse.standalone.StoreDatabase.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.actor.ActorStore.NewActor;
import dev.dormouse.golden.GoldenActor;
import dev.dormouse.kube.KubeTest;
import dev.dormouse.name.ActorKey;
import dev.dormouse.template.ActorTemplate;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How an ActorTemplate goes in a real cluster. */
@KubeTest
class TemplatesOnClusterTest {

    private static OperatorFixture fixture;
    private static OperatorFixture.Replica replica;

    @BeforeAll
    static void start() {
        fixture = new OperatorFixture();
        replica = fixture.replica(Duration.ofSeconds(6));
        await().atMost(Duration.ofSeconds(20)).until(replica.election::leads);
    }

    @AfterAll
    static void stop() throws Exception {
        replica.close();
        fixture.close();
    }

    private static ActorTemplate declare(String name) {
        ActorTemplate template = fixture.client
                .resource(Declared.template(fixture.namespace, name))
                .create();
        await().until(() -> stored(template).getMetadata().getFinalizers().contains(TemplateReconciler.FINALIZER));
        return stored(template);
    }

    private static ActorTemplate stored(ActorTemplate template) {
        return fixture.client.resource(template).get();
    }

    private static void create(ActorKey key, ActorTemplate template) {
        await(fixture.actors.create(new NewActor(key, template.ref(), Map.of(), Map.of(), null, null)));
    }

    @Test
    void aTemplateGoesWithItsGoldenActor() {
        ActorTemplate template = declare("unused");
        create(GoldenActor.of(template), template);

        fixture.client.resource(template).delete();

        await().atMost(Duration.ofSeconds(20)).until(() -> stored(template) == null);
        assertThat(await(fixture.actors.find(GoldenActor.of(template)))).isEmpty();
        await().until(() -> replica.catalog.template(template.ref()).isEmpty());
    }

    @Test
    void aTemplateInUseStaysUntilItsLastActorIsGone() {
        ActorTemplate template = declare("used");
        ActorKey golden = GoldenActor.of(template);
        ActorKey user = ActorKey.of("default", "user-of-used");
        create(golden, template);
        create(user, template);

        fixture.client.resource(template).delete();

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(stored(template)).extracting(ActorTemplate::getStatus).isNotNull();
            List<Condition> conditions = stored(template).getStatus().conditions();
            assertThat(conditions).anySatisfy(condition -> {
                assertThat(condition.getType()).isEqualTo("Terminating");
                assertThat(condition.getReason()).isEqualTo("InUse");
                assertThat(condition.getMessage()).isEqualTo("1 actor uses it; it goes when that is deleted");
            });
            assertThat(fixture.events(template.getMetadata().getUid())).contains("Normal InUse");
        });
        assertThat(await(fixture.actors.find(golden))).isPresent();
        assertThat(replica.catalog.template(template.ref()))
                .as("its actor wakes")
                .isPresent();

        await(fixture.actors.delete(user, null));
        await().atMost(Duration.ofSeconds(20)).until(() -> stored(template) == null);
        assertThat(await(fixture.actors.find(golden))).isEmpty();
    }
}
