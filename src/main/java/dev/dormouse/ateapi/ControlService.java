package dev.dormouse.ateapi;

import com.google.protobuf.Message;
import dev.dormouse.actor.Actor;
import dev.dormouse.actor.PageToken;
import dev.dormouse.ateapi.Requests.OfActor;
import dev.dormouse.platform.ApiEra;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Role;
import dev.dormouse.platform.Failure;
import dev.dormouse.platform.Paging;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The methods of {@code ateapi.Control}. Bound by hand: which shape a request has is known only once its bytes are there, and which its
 * answer has only once the configuration is.
 */
@GrpcService
@RegisterInterceptor(CallEdge.class)
class ControlService implements BindableService {

    private static final String NAME = "ateapi.Control";

    private final ControlCalls calls;
    private final Clearing clearing;
    private final DormouseConfig config;
    private final Requests requests;
    private final Answers answers;
    private final Answers answersToBareNames = Answers.of(ApiEra.V0_0_6);

    ControlService(ControlCalls calls, Clearing clearing, DormouseConfig config) {
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
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(NAME)
                .setSchemaDescriptor(Schema.of(config.api().era()));
        methods.forEach(method -> descriptor.addMethod(method.descriptor()));
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(method -> service.addMethod(method.descriptor(), method.calls()));
        return service.build();
    }

    private List<UnaryMethod> methods() {
        return List.of(
                ofActor("GetActor", requests::actor, actor -> calls.get(actor.key()), Answers::actor),
                method("CreateActor", this::create),
                ofActor(
                        "UpdateActor",
                        requests::update,
                        actor -> calls.update(actor.key(), actor.workerSelector()),
                        Answers::changed),
                ofActor("SuspendActor", requests::actor, actor -> calls.suspend(actor.key()), Answers::changed),
                ofActor("PauseActor", requests::actor, actor -> calls.pause(actor.key()), Answers::changed),
                ofActor(
                        "ResumeActor",
                        requests::actor,
                        actor -> calls.resume(actor.key(), actor.boot()),
                        Answers::changed),
                ofActor("DeleteActor", requests::actor, actor -> calls.delete(actor.key()), Answers::deleted),
                method("ListActors", this::listActors),
                method(
                        "ListWorkers",
                        request -> calls.workers().map(workers -> answers.workers(workers, calls.poolLabels()))),
                method(
                        "CreateAtespace",
                        request -> calls.createAtespace(requests.createAtespace(request))
                                .map(answers::atespace)),
                method(
                        "GetAtespace",
                        request ->
                                calls.getAtespace(requests.atespaceOf(request)).map(answers::atespace)),
                method("ListAtespaces", request -> calls.listAtespaces().map(answers::atespaces)),
                method(
                        "DeleteAtespace",
                        request -> calls.deleteAtespace(requests.atespaceOf(request))
                                .map(answers::deleted)),
                method("DebugClear", request -> clear()));
    }

    private static UnaryMethod method(String name, Function<byte[], Uni<Message>> handler) {
        return UnaryMethod.of(NAME, name, handler);
    }

    private UnaryMethod ofActor(
            String name,
            Function<byte[], OfActor> read,
            Function<OfActor, Uni<Actor>> call,
            BiFunction<Answers, Actor, Message> answer) {
        return method(name, request -> {
            OfActor asked = read.apply(request);
            return call.apply(asked).map(actor -> answer.apply(answersTo(asked), actor));
        });
    }

    private Answers answersTo(OfActor request) {
        return request.bare() ? answersToBareNames : answers;
    }

    private Uni<Message> create(byte[] request) {
        var creation = requests.create(request);
        OfActor asked = creation.actor();
        return calls.create(asked.key(), creation.template(), asked.workerSelector())
                .map(actor -> answersTo(asked).actor(actor));
    }

    private Uni<Message> listActors(byte[] request) {
        var listing = requests.list(request);
        return calls.list(listing.atespace(), PageToken.after(listing.pageToken()), Paging.size(listing.pageSize()))
                .map(answers::actors);
    }

    private Uni<Message> clear() {
        if (!config.api().debug()) {
            throw new Failure(
                    Code.PERMISSION_DENIED, "DebugClear is off here; it is on where dormouse.api.debug is true");
        }
        return clearing.clear().replaceWith(answers::cleared);
    }
}
