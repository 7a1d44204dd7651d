package dev.dormouse.standalone;

import dev.dormouse.sandboxconfig.SandboxConfigSpec;
import dev.dormouse.standalone.ManifestObject.Key;
import dev.dormouse.standalone.ManifestResult.Outcome;
import dev.dormouse.template.ActorTemplateRules;
import dev.dormouse.template.ActorTemplateSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What applying one object does to the row that is there.
 *
 * @param present null when there is none
 * @param spec as JSON
 */
record ManifestChange(
        ManifestObject object,
        @Nullable ManifestRow present,
        String labels,
        String annotations,
        String spec,
        boolean newSpec,
        Outcome outcome) {

    /**
     * Decides all changes, or none.
     *
     * @throws ManifestException when an object may not become what it is declared to be
     */
    static List<ManifestChange> plan(List<ManifestObject> objects, Map<Key, ManifestRow> present)
            throws ManifestException {
        List<ManifestError> errors = new ArrayList<>();
        List<ManifestChange> changes = objects.stream()
                .map(o -> of(o, present.get(o.key())))
                .peek(change -> change.refuseNewSpecOfTemplate(errors))
                .toList();
        refuseSecondDefault(changes, present, errors);
        if (!errors.isEmpty()) {
            throw new ManifestException(errors);
        }
        return changes;
    }

    private static ManifestChange of(ManifestObject object, @Nullable ManifestRow row) {
        String labels = ManifestJson.write(object.labels());
        String annotations = ManifestJson.write(object.annotations());
        String spec = ManifestJson.write(object.spec());
        if (row == null) {
            return new ManifestChange(object, null, labels, annotations, spec, true, Outcome.CREATED);
        }
        boolean sameSpec = spec.equals(row.spec()) || sameTemplate(object, row);
        boolean same = sameSpec && labels.equals(row.labels()) && annotations.equals(row.annotations());
        return new ManifestChange(
                object,
                row,
                labels,
                annotations,
                sameSpec ? row.spec() : spec,
                !sameSpec,
                same ? Outcome.UNCHANGED : Outcome.CONFIGURED);
    }

    /**
     * An API server fills in defaults before it compares, so writing one out is no change; but for the class of sandbox, where a
     * named one is stricter than the same by default.
     */
    private static boolean sameTemplate(ManifestObject object, ManifestRow row) {
        ActorTemplateSpec declared = object.specAs(ActorTemplateSpec.class);
        if (declared == null) {
            return false;
        }
        ActorTemplateSpec stored = ManifestJson.stored(row.spec(), ActorTemplateSpec.class);
        return declared.withDefaults().equals(stored.withDefaults())
                && declared.sandboxClass() == stored.sandboxClass();
    }

    private void refuseNewSpecOfTemplate(List<ManifestError> errors) {
        if (present != null && newSpec && object.key().kind() == ManifestKind.ACTOR_TEMPLATE) {
            errors.add(object.document().error("spec", ActorTemplateRules.IMMUTABLE));
        }
    }

    private static void refuseSecondDefault(
            List<ManifestChange> changes, Map<Key, ManifestRow> present, List<ManifestError> errors) {
        Map<Key, SandboxConfigSpec> after = new LinkedHashMap<>();
        present.forEach((key, row) -> {
            if (key.kind() == ManifestKind.SANDBOX_CONFIG) {
                after.put(key, ManifestJson.stored(row.spec(), SandboxConfigSpec.class));
            }
        });
        for (ManifestChange change : changes) {
            SandboxConfigSpec config = change.object.specAs(SandboxConfigSpec.class);
            if (config != null) {
                after.put(change.object.key(), config);
            }
        }
        for (ManifestChange change : changes) {
            SandboxConfigSpec config = change.object.specAs(SandboxConfigSpec.class);
            if (config == null || !config.servesAsDefault()) {
                continue;
            }
            after.forEach((key, other) -> {
                if (!key.equals(change.object.key())
                        && other.servesAsDefault()
                        && other.effectiveSandboxClass() == config.effectiveSandboxClass()) {
                    errors.add(change.object
                            .document()
                            .error(
                                    "spec.default",
                                    "%s is the default of class %s already"
                                            .formatted(
                                                    key,
                                                    config.effectiveSandboxClass()
                                                            .wireName())));
                }
            });
        }
    }
}
