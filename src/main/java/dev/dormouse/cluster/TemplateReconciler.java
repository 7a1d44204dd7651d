package dev.dormouse.cluster;

import dev.dormouse.actor.ActorStore;
import dev.dormouse.golden.GoldenActors;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.platform.Conditions;
import dev.dormouse.platform.Failure;
import dev.dormouse.template.ActorTemplate;
import dev.dormouse.template.ActorTemplateStatus;
import dev.dormouse.template.Catalog;
import io.fabric8.kubernetes.api.model.Condition;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import io.smallrye.mutiny.TimeoutException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a template until nothing of it is left: no actor uses it, and golden actor and snapshot are removed. How it gets them is the
 * golden reconciler's.
 */
@ApplicationScoped
@ControllerConfiguration(
        name = "actortemplate",
        fieldManager = "dormouse",
        finalizerName = TemplateReconciler.FINALIZER)
@GradualRetry(
        maxAttempts = Integer.MAX_VALUE,
        initialInterval = PoolReconciler.FIRST_RETRY_MILLIS,
        intervalMultiplier = 2,
        maxInterval = PoolReconciler.LAST_RETRY_MILLIS)
public class TemplateReconciler implements Reconciler<ActorTemplate>, Cleaner<ActorTemplate> {

    static final String FINALIZER = "ate.dev/golden-actor";

    private static final Logger LOG = Logger.getLogger(TemplateReconciler.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration WHILE_USED = Duration.ofSeconds(5);
    private static final int COUNTED = 1000;

    private final Catalog catalog;
    private final ActorStore actors;
    private final GoldenActors golden;
    private final InstantSource clock;

    TemplateReconciler(Catalog catalog, ActorStore actors, InstantSource clock) {
        this.catalog = catalog;
        this.actors = actors;
        this.golden = new GoldenActors(actors);
        this.clock = clock;
    }

    /** The finalizer is there by now; that is all. */
    @Override
    public UpdateControl<ActorTemplate> reconcile(ActorTemplate template, Context<ActorTemplate> context) {
        return UpdateControl.noUpdate();
    }

    @Override
    public DeleteControl cleanup(ActorTemplate template, Context<ActorTemplate> context) {
        int users = users(template);
        if (users > 0) {
            tell(template, "InUse", used(users));
            return DeleteControl.noFinalizerRemoval().rescheduleAfter(WHILE_USED);
        }
        try {
            golden.remove(template).await().atMost(LIMIT);
        } catch (Failure | TimeoutException e) {
            LOG.warnf("the golden actor of %s can't be removed, trying again: %s", template.ref(), e.getMessage());
            tell(template, "CleanupFailed", "Its golden actor can't be removed: " + e.getMessage());
            throw e;
        }
        return DeleteControl.defaultDelete();
    }

    private static String used(int users) {
        return users == 1
                ? "1 actor uses it; it goes when that is deleted"
                : users + " actors use it; it goes when they are deleted";
    }

    /** Up to a thousand. */
    private int users(ActorTemplate template) {
        ActorStore.Query query = new ActorStore.Query(null, null, template.ref(), Map.of(), null, COUNTED);
        return (int) actors.list(query).await().atMost(LIMIT).actors().stream()
                .filter(actor -> !actor.key().atespace().equals(AtespaceName.GOLDEN))
                .count();
    }

    private void tell(ActorTemplate deleted, String reason, String message) {
        ActorTemplate template = catalog.template(deleted.ref()).orElse(deleted);
        ActorTemplateStatus status = template.getStatus();
        List<Condition> present = status == null ? null : status.conditions();
        List<Condition> conditions = with(
                present,
                Conditions.next(
                        present, "Terminating", true, reason, message, template.getMetadata(), clock.instant()));
        if (conditions.equals(present)) {
            return;
        }
        LOG.infof("template %s is deleted, but stays: %s", template.ref(), message);
        ActorTemplateStatus told = status == null
                ? new ActorTemplateStatus(null, null, null, null, null, conditions, 0)
                : status.withConditions(conditions);
        catalog.templateStatus(template, told, catalog.golden(template.ref()).orElse(null))
                .await()
                .atMost(LIMIT);
    }

    private static List<Condition> with(@Nullable List<Condition> present, Condition condition) {
        List<Condition> conditions = new ArrayList<>(present == null ? List.of() : present);
        conditions.removeIf(known -> known.getType().equals(condition.getType()));
        conditions.add(condition);
        return conditions;
    }
}
