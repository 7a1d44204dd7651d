package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dormouse.name.ActorId;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
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
            "  kubectl-ate get actor/my-counter actor/other",
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
            description = "Prints the actors of an atespace, or some of them.",
            sortOptions = false)
    int actors(
            @Parameters(arity = "0..*", paramLabel = "ID", description = "Only these.") @Nullable List<ActorId> ids,
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
        List<ActorId> only = ids == null ? List.of() : ids;
        Kind kind = Kind.actors(root.terminal().clock());
        if (!only.isEmpty() && !all && !watch) {
            return named(kind, false, only, root::actor);
        }
        var filter = new ActorFilter(
                all ? null : root.common().atespace(),
                only,
                status == null ? null : ActorFilter.wireStatus(status),
                template,
                labels == null ? Map.of() : new LinkedHashMap<>(labels));
        try (Listing listing = listing(kind, all)) {
            if (watch) {
                new Watch(api(), listing, root.terminal()).actors(filter);
            } else {
                api().forEachPage(filter.request(), items -> listing.page(filter.matching(items)));
                noteIfEmpty(
                        listing,
                        all
                                ? "No actors."
                                : "No actors in atespace " + root.common().atespace() + ".");
            }
        }
        return ExitCode.OK;
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
    int atespaces(
            @Parameters(arity = "0..*", paramLabel = "NAME", description = "Only these.") @Nullable
                    List<AtespaceName> names) {
        Request all = Request.to("v1", "atespaces");
        Kind kind = Kind.atespaces(root.terminal().clock());
        return names == null
                ? every(kind, all, "No atespaces.")
                : named(kind, true, names, name -> all.below(name.value()));
    }

    @Command(name = "templates", aliases = "template", description = "Prints the ActorTemplates.", sortOptions = false)
    int templates(
            @Parameters(arity = "0..*", paramLabel = "NS/NAME", description = "Only these.") @Nullable
                    List<TemplateRef> refs) {
        Request all = Request.to("v1", "actortemplates");
        Kind kind = Kind.templates(root.terminal().clock());
        return refs == null
                ? every(kind, all, "No templates; 'kubectl-ate apply -f' brings them.")
                : named(kind, true, refs, ref -> all.below(ref.namespace(), ref.name()));
    }

    @Command(name = "pools", aliases = "pool", description = "Prints the WorkerPools.", sortOptions = false)
    int pools(
            @Parameters(arity = "0..*", paramLabel = "NS/NAME", description = "Only these.") @Nullable
                    List<PoolRef> refs) {
        Request all = Request.to("v1", "workerpools");
        Kind kind = Kind.pools(root.terminal().clock());
        return refs == null
                ? every(kind, all, "No pools; 'kubectl-ate apply -f' brings them.")
                : named(kind, true, refs, ref -> all.below(ref.namespace(), ref.name()));
    }

    private int every(Kind kind, Request all, String whenEmpty) {
        try (Listing listing = listing(kind, true)) {
            api().forEachPage(all, listing::page);
            noteIfEmpty(listing, whenEmpty);
        }
        return ExitCode.OK;
    }

    /** Those that are there; several are a list also as JSON and YAML. */
    private <T> int named(Kind kind, boolean allAtespaces, List<T> names, Function<T, Request> request) {
        Api api = api();
        var found = new ArrayList<JsonNode>();
        int exitCode = each(names, name -> found.add(api.get(request.apply(name))));
        if (!found.isEmpty()) {
            try (Listing listing = listing(kind, allAtespaces)) {
                if (names.size() == 1) {
                    listing.one(found.getFirst());
                } else {
                    listing.page(found);
                }
            }
        }
        return exitCode;
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
