package dev.dormouse.cli;

import dev.dormouse.name.ActorId;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code delete}: an actor, atespace, template or pool. */
@Command(
        name = "delete",
        description = "Deletes an actor, atespace, template or pool.",
        sortOptions = false,
        footer = {"%nExamples:", "  kubectl-ate delete actor my-counter", "  kubectl-ate delete template demo/counter"})
final class DeleteCommand extends VerbCommand {

    DeleteCommand(KubectlAte root) {
        super(root, "say what to delete: an actor, an atespace, a template or a pool");
    }

    @Command(
            name = "actor",
            description = "Deletes a suspended or paused actor and its snapshots.",
            sortOptions = false)
    void actor(@Parameters(paramLabel = "ID", description = "The actor.") ActorId id) {
        delete("actor/" + id, "atespaces", root.common().atespace().value(), "actors", id.value());
    }

    @Command(name = "atespace", description = "Deletes an empty atespace.", sortOptions = false)
    void atespace(@Parameters(paramLabel = "NAME", description = "The atespace.") AtespaceName name) {
        delete("atespace/" + name, "atespaces", name.value());
    }

    @Command(name = "template", description = "Deletes a template and its golden snapshot.", sortOptions = false)
    void template(@Parameters(paramLabel = "NS/NAME", description = "The template.") TemplateRef ref) {
        delete("template/" + ref, "manifests", "ActorTemplate", ref.namespace(), ref.name());
    }

    @Command(name = "pool", description = "Deletes a pool; its workers finish what they run.", sortOptions = false)
    void pool(@Parameters(paramLabel = "NS/NAME", description = "The pool.") PoolRef ref) {
        delete("pool/" + ref, "manifests", "WorkerPool", ref.namespace(), ref.name());
    }

    private void delete(String reference, String... path) {
        root.api().delete(Request.to("v1").below(path));
        new Done(root).sayGone(reference);
    }
}
