package dev.dormouse.console;

import dev.dormouse.access.BrowserSession;
import dev.dormouse.access.Needs;
import dev.dormouse.access.Verb;
import dev.dormouse.actor.Actor;
import dev.dormouse.actor.ActorStatus;
import dev.dormouse.actor.ActorStore;
import dev.dormouse.journal.EventStore;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.template.Catalog;
import dev.dormouse.worker.Workers;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The console: a page made on the server, whose live part the browser asks for again whenever the feed tells of a change. */
@Path("/")
@Produces(MediaType.TEXT_HTML)
public class ConsoleResource {

    /** As many sleepers as fit on a screen. */
    private static final int SLEEPERS = 120;

    /** What an ateom said of its sandboxes is shown for as long as that after its last report. */
    private static final Duration HEARD_OF = Duration.ofSeconds(10);

    private static final int EVENTS_READ = 500;
    private static final int EVENTS_SHOWN = 20;
    private static final int FAILED_SHOWN = 20;

    private final Workers workers;
    private final Catalog catalog;
    private final ActorStore actors;
    private final EventStore events;
    private final BrowserSession session;

    public ConsoleResource(
            Workers workers, Catalog catalog, ActorStore actors, EventStore events, BrowserSession session) {
        this.workers = workers;
        this.catalog = catalog;
        this.actors = actors;
        this.events = events;
        this.session = session;
    }

    @CheckedTemplate
    static final class Templates {
        private Templates() {}

        static native TemplateInstance index(Floor floor, boolean signedIn);

        static native TemplateInstance live(Floor floor);
    }

    @Needs(verb = Verb.GET, resource = "console", page = true)
    @GET
    @Operation(hidden = true)
    public Uni<TemplateInstance> page() {
        return floor().map(floor -> Templates.index(floor, session.needed()));
    }

    @Needs(verb = Verb.GET, resource = "console")
    @GET
    @Path("console/live")
    @Operation(hidden = true)
    public Uni<TemplateInstance> live() {
        return floor().map(Templates::live);
    }

    private Uni<Floor> floor() {
        return Uni.combine()
                .all()
                .unis(
                        actors.awake(),
                        asleep(ActorStatus.PAUSED),
                        asleep(ActorStatus.SUSPENDED),
                        actors.failed(FAILED_SHOWN),
                        events.latest(EVENTS_READ))
                .asTuple()
                .map(read -> {
                    List<Actor> asleep = Stream.concat(
                                    read.getItem2().actors().stream(), read.getItem3().actors().stream())
                            // a golden actor is the template's, and never goes on
                            .filter(actor -> !actor.key().atespace().equals(AtespaceName.GOLDEN))
                            .limit(SLEEPERS)
                            .toList();
                    boolean more = read.getItem3().next() != null || asleep.size() == SLEEPERS;
                    return Floor.of(
                            workers.reporters(HEARD_OF),
                            workers.all(),
                            catalog.templates(),
                            new Floor.Actors(read.getItem1(), asleep, more, read.getItem4()),
                            read.getItem5(),
                            EVENTS_SHOWN);
                });
    }

    private Uni<ActorStore.Page> asleep(ActorStatus status) {
        return actors.list(new ActorStore.Query(null, status, null, Map.of(), null, SLEEPERS));
    }
}
