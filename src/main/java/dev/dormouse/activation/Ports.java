package dev.dormouse.activation;

import dev.dormouse.activation.Waker.Route;
import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.ateom.wire.OpenPortResponse;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import dev.dormouse.worker.Stay;
import dev.dormouse.worker.Worker;
import dev.dormouse.worker.Workers;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Objects;
import org.jboss.logging.Logger;

/** Leads to a port of an activation; one that wasn't open from the start is opened when it is first asked for. */
@Singleton
class Ports {

    private static final Logger LOG = Logger.getLogger(Ports.class);

    private final ActorStore store;
    private final Workers workers;
    private final AteomCalls ateom;

    Ports(ActorStore store, Workers workers, AteomCalls ateom) {
        this.store = store;
        this.workers = workers;
        this.ateom = ateom;
    }

    /**
     * Fails UNAVAILABLE when the worker can't open the port.
     *
     * @param durable completes once the activation's own ports are recorded: recording them replaces what is there
     */
    Uni<Route> route(Actor actor, int actorPort, Uni<Actor> durable) {
        Actor.Activation activation = Objects.requireNonNull(actor.activation());
        Actor.Endpoint endpoint = Objects.requireNonNull(activation.endpoint());
        Integer port = endpoint.ports().get(actorPort);
        if (port != null) {
            return Uni.createFrom().item(new Route(actor.key(), actor.generation(), endpoint.host(), port));
        }
        Worker worker = workers.find(activation.workerUid()).orElse(null);
        if (worker == null) {
            return Uni.createFrom().failure(new Failure(Code.UNAVAILABLE, "the actor's worker is gone"));
        }
        Stay stay = new Stay(worker.uid(), actor.key(), actor.generation());
        return ateom.openPort(worker, stay, actorPort)
                .onFailure()
                .transform(
                        failure -> new Failure(Code.UNAVAILABLE, "the actor's worker does not answer", null, failure))
                .map(response -> opened(actor, endpoint, actorPort, response, durable));
    }

    private Route opened(
            Actor actor, Actor.Endpoint endpoint, int actorPort, OpenPortResponse response, Uni<Actor> durable) {
        if (response.hasFailure()) {
            throw new Failure(
                    Code.UNAVAILABLE,
                    "port %d could not be opened: %s"
                            .formatted(actorPort, response.getFailure().getMessage()));
        }
        int port = response.getEndpointPort();
        durable.chain(running -> store.addPort(actor.key(), actor.generation(), actorPort, port))
                .subscribe()
                .with(
                        // opening it again gives the same port
                        written -> {},
                        failure -> Traces.fields(actor)
                                .log(() ->
                                        LOG.debugf("port of %s not recorded: %s", actor.key(), failure.getMessage())));
        return new Route(actor.key(), actor.generation(), endpoint.host(), port);
    }
}
