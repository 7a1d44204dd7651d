package dev.dormouse.ateapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.MessageLite;
import dev.dormouse.ateapi.v008.wire.ActorRef;
import dev.dormouse.ateapi.v008.wire.CreateActorRequest;
import dev.dormouse.ateapi.v008.wire.GetActorRequest;
import dev.dormouse.ateapi.v008.wire.ListActorsRequest;
import dev.dormouse.ateapi.v008.wire.ResumeActorRequest;
import dev.dormouse.ateapi.v008.wire.Selector;
import dev.dormouse.ateapi.v008.wire.UpdateActorRequest;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.InvalidNameException;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.ApiEra;
import dev.dormouse.platform.Failure;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequestsTest {

    private static final ActorRef REF =
            ActorRef.newBuilder().setAtespace("team-a").setName("counter").build();

    private static byte[] bytes(MessageLite message) {
        return message.toByteArray();
    }

    @ParameterizedTest
    @EnumSource
    void aReferenceIsOneInEveryEra(ApiEra era) {
        var read = new Requests(era)
                .actor(bytes(ResumeActorRequest.newBuilder()
                        .setActorRef(REF)
                        .setBoot(true)
                        .build()));

        assertThat(read).isEqualTo(new Requests.OfActor(ActorKey.of("team-a", "counter"), false, true, Map.of()));
    }

    @ParameterizedTest
    @EnumSource
    void aBareNameIsOneOfTheDefaultAtespaceInEveryEra(ApiEra era) {
        var requests = new Requests(era);
        var resumption = dev.dormouse.ateapi.v006.wire.ResumeActorRequest.newBuilder()
                .setActorId("counter")
                .setBoot(true)
                .build();
        var creation = dev.dormouse.ateapi.v006.wire.CreateActorRequest.newBuilder()
                .setActorId("0-counter")
                .setActorTemplateNamespace("demo")
                .setActorTemplateName("counter")
                .build();

        assertThat(requests.actor(bytes(resumption)))
                .isEqualTo(new Requests.OfActor(ActorKey.of("default", "counter"), true, true, Map.of()));
        assertThat(requests.create(bytes(creation)))
                .isEqualTo(new Requests.Creation(
                        new Requests.OfActor(ActorKey.of("default", "0-counter"), true, false, Map.of()),
                        new TemplateRef("demo", "counter")));
    }

    @Test
    void namesWhoseLengthsLookLikeTagsAreNames() {
        var requests = new Requests(ApiEra.V0_0_8);
        // lengths 10 and 18 are the tags of the first two fields
        for (int length : new int[] {10, 18}) {
            String name = "a".repeat(length);
            assertThat(requests.actor(bytes(dev.dormouse.ateapi.v006.wire.GetActorRequest.newBuilder()
                                    .setActorId(name)
                                    .build()))
                            .key())
                    .isEqualTo(ActorKey.of("default", name));
            assertThat(requests.actor(bytes(GetActorRequest.newBuilder()
                                    .setActorRef(ActorRef.newBuilder()
                                            .setAtespace(name)
                                            .setName(name))
                                    .build()))
                            .key())
                    .isEqualTo(ActorKey.of(name, name));
            assertThat(requests.create(bytes(CreateActorRequest.newBuilder()
                                    .setActorRef(ActorRef.newBuilder()
                                            .setAtespace(name)
                                            .setName(name))
                                    .setActorTemplateNamespace("demo")
                                    .setActorTemplateName("counter")
                                    .build()))
                            .actor()
                            .key())
                    .isEqualTo(ActorKey.of(name, name));
        }
    }

    @Test
    void selectorsAreReadWhereEachMethodHasThem() {
        var requests = new Requests(ApiEra.V0_0_8);
        Selector selector = Selector.newBuilder().putMatchLabels("gpu", "yes").build();

        assertThat(requests.update(bytes(UpdateActorRequest.newBuilder()
                                .setActorRef(REF)
                                .setWorkerSelector(selector)
                                .build()))
                        .workerSelector())
                .isEqualTo(Map.of("gpu", "yes"));
        assertThat(requests.create(bytes(CreateActorRequest.newBuilder()
                                .setActorRef(REF)
                                .setActorTemplateNamespace("demo")
                                .setActorTemplateName("counter")
                                .setWorkerSelector(selector)
                                .build()))
                        .actor()
                        .workerSelector())
                .isEqualTo(Map.of("gpu", "yes"));
    }

    @Test
    void aListWithoutAtespaceIsOfAllButInTheEraThatKnowsOnlyOne() {
        byte[] all = bytes(ListActorsRequest.getDefaultInstance());
        byte[] one = bytes(ListActorsRequest.newBuilder().setAtespace("team-a").build());

        assertThat(new Requests(ApiEra.V0_0_8).list(all).atespace()).isNull();
        assertThat(new Requests(ApiEra.V0_0_9).list(all).atespace()).isNull();
        assertThat(new Requests(ApiEra.V0_0_6).list(all).atespace()).isEqualTo(AtespaceName.DEFAULT);
        assertThat(new Requests(ApiEra.V0_0_6).list(one).atespace()).isEqualTo(new AtespaceName("team-a"));
    }

    @Test
    void whatLacksTheActorIsToldSo() {
        for (ApiEra era : ApiEra.values()) {
            assertThatThrownBy(() -> new Requests(era).actor(new byte[0]))
                    .isInstanceOf(InvalidNameException.class)
                    .hasMessage("actor_id is required");
        }
    }

    @Property
    void anyBytesAreReadOrRefused(@ForAll @Size(max = 40) byte[] bytes, @ForAll ApiEra era) {
        var requests = new Requests(era);
        for (Runnable read : new Runnable[] {
            () -> requests.actor(bytes),
            () -> requests.create(bytes),
            () -> requests.update(bytes),
            () -> requests.list(bytes),
            () -> requests.createAtespace(bytes),
            () -> requests.atespaceOf(bytes)
        }) {
            try {
                read.run();
            } catch (Failure | InvalidNameException refused) {
                assertThat(refused.getMessage()).isNotEmpty();
            }
        }
    }
}
