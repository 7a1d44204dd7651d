package dev.dormouse.cli;

import dev.dormouse.name.ActorId;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.TemplateRef;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code get}: prints what is there. */
@Command(
        name = "get",
        description = "Prints actors, workers, atespaces, templates or pools.",
        sortOptions = false,
        footer = {
            "%nExamples:",
            "  kubectl-ate get actors --status RUNNING -A",
            "  kubectl-ate get actors -l team=blue -w",
            "  kubectl-ate get actor my-counter -o yaml",
            "  kubectl-ate get workers"
        })
final class GetCommand extends VerbCommand {

    @Option(names = "--no-headers", scope = ScopeType.INHERIT, description = "Leaves out the titles of the columns.")
    private boolean noHeaders;

    GetCommand(KubectlAte root) {
        super(root, "say what to get: actors, workers, atespaces, templates or pools");
    }

    @Command(
            name = "actors",
            aliases = "actor",
            description = "Prints the actors of an atespace, or one of them.",
            sortOptions = false)
    void actors(
            @Parameters(arity = "0..1", paramLabel = "ID", description = "One actor.") @Nullable ActorId id,
            @Option(
                            names = {"-A", "--all-atespaces"},
                            description = "Actors of all atespaces.")
                    boolean all,
            @Option(names = "--status", paramLabel = "STATUS", description = "Only those, e.g. RUNNING.") @Nullable
                    String status,
            @Option(names = "--template", paramLabel = "NS/NAME", description = "Only those of this template.")
                    @Nullable
                    TemplateRef template,
            @Option(
                            names = {"-l", "--selector"},
                            paramLabel = "K=V",
                            split = ",",
                            description = "Only those with these labels.")
                    @Nullable
                    Map<String, String> labels,
            @Option(
                            names = {"-w", "--watch"},
                            description = "Then prints what changes, until Ctrl-C.")
                    boolean watch) {
        var filter = new ActorFilter(
                all ? null : root.common().atespace(),
                id,
                status == null ? null : ActorFilter.wireStatus(status),
                template,
                labels == null ? Map.of() : new LinkedHashMap<>(labels));
        Kind kind = Kind.actors(root.terminal().clock());
        try (Listing listing = listing(kind, all)) {
            if (watch) {
                new Watch(api(), listing, root.terminal()).actors(filter);
            } else if (id != null && !all) {
                listing.one(api().get(root.actor(id)));
            } else {
                api().forEachPage(filter.request(), items -> listing.page(filter.matching(items)));
                noteIfEmpty(
                        listing,
                        all
                                ? "No actors."
                                : "No actors in atespace " + root.common().atespace() + ".");
            }
        }
    }

    @Command(name = "workers", aliases = "worker", description = "Prints the workers.", sortOptions = false)
    void workers(
            @Option(
                            names = {"-w", "--watch"},
                            description = "Then prints what changes, until Ctrl-C.")
                    boolean watch) {
        try (Listing listing = listing(Kind.workers(), true)) {
            if (watch) {
                new Watch(api(), listing, root.terminal()).workers();
            } else {
                api().forEachPage(Request.to("v1", "workers"), listing::page);
                noteIfEmpty(listing, "No workers; a WorkerPool brings them.");
            }
        }
    }

    @Command(name = "atespaces", aliases = "atespace", description = "Prints the atespaces.", sortOptions = false)
    void atespaces(
            @Parameters(arity = "0..1", paramLabel = "NAME", description = "One atespace.") @Nullable
                    AtespaceName name) {
        Kind kind = Kind.atespaces(root.terminal().clock());
        try (Listing listing = listing(kind, true)) {
            if (name != null) {
                listing.one(api().get(Request.to("v1", "atespaces", name.value())));
            } else {
                api().forEachPage(Request.to("v1", "atespaces"), listing::page);
            }
        }
    }

    @Command(name = "templates", aliases = "template", description = "Prints the ActorTemplates.", sortOptions = false)
    void templates(
            @Parameters(arity = "0..1", paramLabel = "NS/NAME", description = "One template.") @Nullable
                    TemplateRef ref) {
        declared(
                Kind.templates(root.terminal().clock()),
                "actortemplates",
                ref,
                "No templates; 'kubectl-ate apply -f' brings them.");
    }

    @Command(name = "pools", aliases = "pool", description = "Prints the WorkerPools.", sortOptions = false)
    void pools(
            @Parameters(arity = "0..1", paramLabel = "NS/NAME", description = "One pool.") @Nullable TemplateRef ref) {
        declared(
                Kind.pools(root.terminal().clock()),
                "workerpools",
                ref,
                "No pools; 'kubectl-ate apply -f' brings them.");
    }

    private void declared(Kind kind, String resource, @Nullable TemplateRef ref, String whenEmpty) {
        try (Listing listing = listing(kind, true)) {
            if (ref != null) {
                listing.one(api().get(Request.to("v1", resource, ref.namespace(), ref.name())));
            } else {
                api().forEachPage(Request.to("v1", resource), listing::page);
                noteIfEmpty(listing, whenEmpty);
            }
        }
    }

    private Listing listing(Kind kind, boolean allAtespaces) {
        Format format = root.common().format(Format.TABLE);
        return new Listing(
                kind, format, allAtespaces, !noHeaders, root.terminal().out());
    }

    private Api api() {
        return root.api();
    }

    private void noteIfEmpty(Listing listing, String note) {
        if (listing.isEmpty()) {
            root.terminal().err().println(note);
        }
    }
}
