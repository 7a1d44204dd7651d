package dev.dormouse.ateapi;

import com.google.protobuf.Message;
import dev.dormouse.access.GrpcGate;
import dev.dormouse.access.GrpcGate.Wish;
import dev.dormouse.access.Permission;
import dev.dormouse.access.Target;
import dev.dormouse.access.Verb;
import dev.dormouse.actor.Actor;
import dev.dormouse.actor.PageToken;
import dev.dormouse.ateapi.Requests.OfActor;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.ApiEra;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Role;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Paging;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The methods of {@code ateapi.Control}. Bound by hand: which shape a request has is known only once its bytes are there, and which its
 * answer has only once the configuration is.
 */
@GrpcService
@RegisterInterceptor(CallEdge.class)
class ControlService implements BindableService {

    private static final String NAME = "ateapi.Control";

    private final GrpcGate gate;
    private final ControlCalls calls;
    private final Clearing clearing;
    private final DormouseConfig config;
    private final Requests requests;
    private final Answers answers;
    private final Answers answersToBareNames = Answers.of(ApiEra.V0_0_6);

    ControlService(GrpcGate gate, ControlCalls calls, Clearing clearing, DormouseConfig config) {
        this.gate = gate;
        this.calls = calls;
        this.clearing = clearing;
        this.config = config;
        this.requests = new Requests(config.api().era());
        this.answers = Answers.of(config.api().era());
    }

    @Override
    public ServerServiceDefinition bindService() {
        // a worker agent has no actors to speak of
        List<UnaryMethod> methods = config.role() == Role.SERVER ? methods() : List.of();
        return UnaryMethod.service(NAME, config.api().era(), methods);
    }

    private List<UnaryMethod> methods() {
        return List.of(
                ofActor(
                        "GetActor",
                        Verb.GET,
                        "actors",
                        requests::actor,
                        actor -> calls.get(actor.key()),
                        Answers::actor),
                method("CreateActor", Verb.CREATE, "actors", this::create),
                ofActor(
                        "UpdateActor",
                        Verb.PATCH,
                        "actors",
                        requests::update,
                        actor -> calls.update(actor.key(), actor.workerSelector()),
                        Answers::changed),
                ofActor(
                        "SuspendActor",
                        Verb.CREATE,
                        "actors/suspend",
                        requests::actor,
                        actor -> calls.suspend(actor.key()),
                        Answers::changed),
                ofActor(
                        "PauseActor",
                        Verb.CREATE,
                        "actors/pause",
                        requests::actor,
                        actor -> calls.pause(actor.key()),
                        Answers::changed),
                ofActor(
                        "ResumeActor",
                        Verb.CREATE,
                        "actors/resume",
                        requests::actor,
                        actor -> calls.resume(actor.key(), actor.boot()),
                        Answers::changed),
                ofActor(
                        "DeleteActor",
                        Verb.DELETE,
                        "actors",
                        requests::actor,
                        actor -> calls.delete(actor.key()),
                        Answers::deleted),
                method("ListActors", Verb.LIST, "actors", this::listActors),
                ofAll(
                        "ListWorkers",
                        Verb.LIST,
                        "workers",
                        () -> calls.workers().map(workers -> answers.workers(workers, calls.poolLabels()))),
                // it has no Roles of its own yet
                method("CreateAtespace", Verb.CREATE, "atespaces", request -> {
                    AtespaceName name = requests.createAtespace(request);
                    return new Wish<>(
                            Target.EVERYTHING, () -> calls.createAtespace(name).map(answers::atespace));
                }),
                ofAtespace(
                        "GetAtespace", Verb.GET, name -> calls.getAtespace(name).map(answers::atespace)),
                ofAll(
                        "ListAtespaces",
                        Verb.LIST,
                        "atespaces",
                        () -> calls.listAtespaces().map(answers::atespaces)),
                ofAtespace(
                        "DeleteAtespace",
                        Verb.DELETE,
                        name -> calls.deleteAtespace(name).map(answers::deleted)),
                ofAll("DebugClear", Verb.DELETE, "debug", this::clear));
    }

    private UnaryMethod method(String name, Verb verb, String resource, Function<byte[], Wish<Message>> read) {
        Permission needed = Permission.everywhere(verb, resource);
        return UnaryMethod.of(
                NAME, name, (credentials, request) -> gate.pass(credentials, needed, () -> read.apply(request)));
    }

    private UnaryMethod ofAll(String name, Verb verb, String resource, Supplier<Uni<Message>> call) {
        return method(name, verb, resource, request -> new Wish<>(Target.EVERYTHING, call));
    }

    private UnaryMethod ofAtespace(String name, Verb verb, Function<AtespaceName, Uni<Message>> call) {
        return method(name, verb, "atespaces", request -> {
            AtespaceName atespace = requests.atespaceOf(request);
            return new Wish<>(Target.of(atespace), () -> call.apply(atespace));
        });
    }

    private UnaryMethod ofActor(
            String name,
            Verb verb,
            String resource,
            Function<byte[], OfActor> read,
            Function<OfActor, Uni<Actor>> call,
            BiFunction<Answers, Actor, Message> answer) {
        return method(name, verb, resource, request -> {
            OfActor asked = read.apply(request);
            return new Wish<>(
                    Target.of(asked.key()),
                    () -> call.apply(asked).map(actor -> answer.apply(answersTo(asked), actor)));
        });
    }

    private Answers answersTo(OfActor request) {
        return request.bare() ? answersToBareNames : answers;
    }

    private Wish<Message> create(byte[] request) {
        var creation = requests.create(request);
        OfActor asked = creation.actor();
        return new Wish<>(
                Target.in(asked.key().atespace()),
                () -> calls.create(asked.key(), creation.template(), asked.workerSelector())
                        .map(actor -> answersTo(asked).actor(actor)));
    }

    private Wish<Message> listActors(byte[] request) {
        var listing = requests.list(request);
        AtespaceName atespace = listing.atespace();
        return new Wish<>(
                atespace == null ? Target.EVERYTHING : Target.in(atespace),
                () -> calls.list(atespace, PageToken.after(listing.pageToken()), Paging.size(listing.pageSize()))
                        .map(answers::actors));
    }

    private Uni<Message> clear() {
        if (!config.api().debug()) {
            throw new Failure(
                    Code.PERMISSION_DENIED, "DebugClear is off here; it is on where dormouse.api.debug is true");
        }
        return clearing.clear().replaceWith(answers::cleared);
    }
}
