package dev.dormouse.ateapi;

import dev.dormouse.ateapi.v008.wire.ActorRef;
import dev.dormouse.ateapi.v008.wire.CreateActorRequest;
import dev.dormouse.ateapi.v008.wire.GetAtespaceRequest;
import dev.dormouse.ateapi.v008.wire.ListActorsRequest;
import dev.dormouse.ateapi.v008.wire.ResumeActorRequest;
import dev.dormouse.ateapi.v008.wire.UpdateActorRequest;
import dev.dormouse.ateapi.v009.wire.Actor;
import dev.dormouse.name.ActorId;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.InvalidNameException;
import dev.dormouse.name.TemplateRef;
import dev.dormouse.platform.ApiEra;
import dev.dormouse.platform.Failure;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests of every era. Fails with {@link Failure} INVALID_ARGUMENT and {@link InvalidNameException}; FAILED_PRECONDITION where
 * the era is evident, and the answer would be in the shape of another that its clients misread.
 */
final class Requests {

    private final ApiEra era;

    /** @param era in which answers are */
    Requests(ApiEra era) {
        this.era = era;
    }

    /**
     * A request about one actor.
     *
     * @param bare true when it is of v0.0.6, whose clients understand no other era's answers
     * @param boot of ResumeActor
     * @param workerSelector of CreateActor and UpdateActor; empty without
     */
    record OfActor(ActorKey key, boolean bare, boolean boot, Map<String, String> workerSelector) {}

    record Creation(OfActor actor, TemplateRef template) {}

    /** @param atespace null for all */
    record Listing(@Nullable AtespaceName atespace, int pageSize, String pageToken) {}

    /** GetActor, SuspendActor, PauseActor, DeleteActor and ResumeActor, whose requests have one layout in all eras. */
    OfActor actor(byte[] bytes) {
        Request request = Request.of(bytes);
        ResumeActorRequest read = inAtespace(request).as(ResumeActorRequest::parseFrom);
        return new OfActor(key(read.getActorRef()), request.startsWithName(), read.getBoot(), Map.of());
    }

    OfActor update(byte[] bytes) {
        Request request = Request.of(bytes);
        UpdateActorRequest read = inAtespace(request).as(UpdateActorRequest::parseFrom);
        return new OfActor(
                key(read.getActorRef()),
                request.startsWithName(),
                false,
                read.getWorkerSelector().getMatchLabelsMap());
    }

    Creation create(byte[] bytes) {
        Request request = Request.of(bytes);
        if (request.startsWithName()) {
            return named(request);
        }
        boolean resource = request.startsWithMetadata();
        if (era == ApiEra.V0_0_9) {
            if (!resource && request.hasMore()) {
                throw Request.ofAnotherEra(ApiEra.V0_0_8, era);
            }
            return whole(request);
        }
        if (resource) {
            throw Request.ofAnotherEra(ApiEra.V0_0_9, era);
        }
        return named(request);
    }

    private static Creation named(Request request) {
        CreateActorRequest read = inAtespace(request).as(CreateActorRequest::parseFrom);
        return new Creation(
                new OfActor(
                        key(read.getActorRef()),
                        request.startsWithName(),
                        false,
                        read.getWorkerSelector().getMatchLabelsMap()),
                new TemplateRef(read.getActorTemplateNamespace(), read.getActorTemplateName()));
    }

    private static Creation whole(Request request) {
        Actor actor = request.as(dev.dormouse.ateapi.v009.wire.CreateActorRequest::parseFrom)
                .getActor();
        return new Creation(
                new OfActor(
                        key(
                                actor.getMetadata().getAtespace(),
                                actor.getMetadata().getName()),
                        false,
                        false,
                        actor.getWorkerSelector().getMatchLabelsMap()),
                new TemplateRef(actor.getActorTemplateNamespace(), actor.getActorTemplateName()));
    }

    Listing list(byte[] bytes) {
        ListActorsRequest read = Request.of(bytes).as(ListActorsRequest::parseFrom);
        return new Listing(
                read.getAtespace().isEmpty() ? everywhere() : new AtespaceName(read.getAtespace()),
                read.getPageSize(),
                read.getPageToken());
    }

    /** All atespaces, but in the era that knows only one. */
    private @Nullable AtespaceName everywhere() {
        return era == ApiEra.V0_0_6 ? AtespaceName.DEFAULT : null;
    }

    AtespaceName createAtespace(byte[] bytes) {
        Request request = Request.of(bytes);
        return isNamed(request)
                ? atespace(request)
                : new AtespaceName(request.as(dev.dormouse.ateapi.v009.wire.CreateAtespaceRequest::parseFrom)
                        .getAtespace()
                        .getMetadata()
                        .getName());
    }

    /** GetAtespace and DeleteAtespace. */
    AtespaceName atespaceOf(byte[] bytes) {
        Request request = Request.of(bytes);
        return isNamed(request)
                ? atespace(request)
                : new AtespaceName(request.as(dev.dormouse.ateapi.v009.wire.GetAtespaceRequest::parseFrom)
                        .getAtespace()
                        .getName());
    }

    /** True when the atespace is a bare name, as before v0.0.9. */
    private boolean isNamed(Request request) {
        boolean named = era != ApiEra.V0_0_9;
        if (!request.first().isEmpty() && request.startsWithName() != named) {
            throw Request.ofAnotherEra(named ? ApiEra.V0_0_9 : ApiEra.V0_0_8, era);
        }
        return named;
    }

    private static AtespaceName atespace(Request request) {
        return new AtespaceName(request.as(GetAtespaceRequest::parseFrom).getName());
    }

    /** A bare name is one of an actor in the default atespace. */
    private static Request inAtespace(Request request) {
        if (!request.startsWithName()) {
            return request;
        }
        // what is no text is read with a character that no name has
        ActorId id = new ActorId(request.first().toStringUtf8());
        return request.startingWith(ActorRef.newBuilder()
                .setAtespace(AtespaceName.DEFAULT.value())
                .setName(id.value())
                .build()
                .toByteString());
    }

    private static ActorKey key(ActorRef ref) {
        return key(ref.getAtespace(), ref.getName());
    }

    /** The id first: what an empty request lacks is the actor. */
    private static ActorKey key(String atespace, String name) {
        ActorId id = new ActorId(name);
        return new ActorKey(new AtespaceName(atespace), id);
    }
}
