package dev.dormouse.cli;

import dev.dormouse.name.ActorId;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code delete}: actors, atespaces, templates or pools. */
@Command(
        name = "delete",
        description = "Deletes actors, atespaces, templates or pools.",
        sortOptions = false,
        footer = {
            "%nExamples:",
            "  kubectl-ate delete actor my-counter other",
            "  kubectl-ate delete template demo/counter"
        })
final class DeleteCommand extends VerbCommand {

    DeleteCommand(KubectlAte root) {
        super(root, "say what to delete: an actor, an atespace, a template or a pool");
    }

    @Command(
            name = "actor",
            aliases = "actors",
            description = "Deletes suspended or paused actors and their snapshots.",
            sortOptions = false)
    int actor(@Parameters(arity = "1..*", paramLabel = "ID", description = "The actors.") List<ActorId> ids) {
        String atespace = root.common().atespace().value();
        return each(ids, id -> delete("actor/" + id, "atespaces", atespace, "actors", id.value()));
    }

    @Command(name = "atespace", aliases = "atespaces", description = "Deletes empty atespaces.", sortOptions = false)
    int atespace(
            @Parameters(arity = "1..*", paramLabel = "NAME", description = "The atespaces.") List<AtespaceName> names) {
        return each(names, name -> delete("atespace/" + name, "atespaces", name.value()));
    }

    @Command(
            name = "template",
            aliases = "templates",
            description = "Deletes templates and their golden snapshots.",
            sortOptions = false)
    int template(
            @Parameters(arity = "1..*", paramLabel = "NS/NAME", description = "The templates.")
                    List<TemplateRef> refs) {
        return each(refs, ref -> delete("template/" + ref, "manifests", "ActorTemplate", ref.namespace(), ref.name()));
    }

    @Command(
            name = "pool",
            aliases = "pools",
            description = "Deletes pools; their workers finish what they run.",
            sortOptions = false)
    int pool(@Parameters(arity = "1..*", paramLabel = "NS/NAME", description = "The pools.") List<PoolRef> refs) {
        return each(refs, ref -> delete("pool/" + ref, "manifests", "WorkerPool", ref.namespace(), ref.name()));
    }

    private void delete(String reference, String... path) {
        root.api().delete(Request.to("v1").below(path));
        new Done(root).sayGone(reference);
    }
}
