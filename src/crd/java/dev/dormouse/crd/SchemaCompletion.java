package dev.dormouse.crd;

import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Set;

/**
 * Adds what the generator can't know: the client's classes of Kubernetes' own types carry no rules, and there is no annotation for how
 * lists and maps merge or how wide a number is. It goes by the fields' names, which mean the same wherever Kubernetes' types are used.
 */
final class SchemaCompletion {

    private static final String QUANTITY =
            "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$";
    private static final Set<String> LONGS = Set.of("observedGeneration", "tolerationSeconds");
    private static final String ATOMIC = "atomic";

    private SchemaCompletion() {}

    /** Completes the schema of a whole custom resource. */
    static void complete(JSONSchemaProps resource) {
        // without it a missing spec would escape every rule, and one that is there could be taken away
        resource.setRequired(List.of("spec"));
        walk("", resource);
    }

    private static void walk(String name, JSONSchemaProps schema) {
        complete(name, schema);
        if (schema.getProperties() != null) {
            schema.getProperties().forEach(SchemaCompletion::walk);
        }
        if (schema.getItems() != null) {
            walk("", schema.getItems().getSchema());
        }
        if (schema.getAdditionalProperties() != null) {
            walk("", schema.getAdditionalProperties().getSchema());
        }
    }

    private static void complete(String name, JSONSchemaProps schema) {
        if ("array".equals(schema.getType())) {
            schema.setXKubernetesListType(ATOMIC);
        }
        if ("integer".equals(schema.getType())) {
            schema.setFormat(LONGS.contains(name) ? "int64" : "int32");
        }
        // the generator finds a record's rules twice: at the field and at its accessor
        schema.setXKubernetesValidations(
                schema.getXKubernetesValidations().stream().distinct().toList());
        if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
            schema.setPattern(QUANTITY);
        }
        switch (name) {
            case "matchExpressions", "matchFields" -> items(schema).setRequired(List.of("key", "operator"));
            case "preference", "workerSelector", "workerPoolRef", "nodeSelector" ->
                schema.setXKubernetesMapType(ATOMIC);
            case "nodeSelectorTerms" -> items(schema).setXKubernetesMapType(ATOMIC);
            case "requiredDuringSchedulingIgnoredDuringExecution" -> {
                schema.setRequired(List.of("nodeSelectorTerms"));
                schema.setXKubernetesMapType(ATOMIC);
            }
            case "preferredDuringSchedulingIgnoredDuringExecution" ->
                items(schema).setRequired(List.of("preference", "weight"));
            case "claims" -> mapBy("name", schema);
            case "conditions" -> conditions(schema);
            default -> {
                // the model's annotations say it all
            }
        }
    }

    private static void conditions(JSONSchemaProps schema) {
        mapBy("type", schema);
        JSONSchemaProps condition = items(schema);
        condition.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
        property(condition, "lastTransitionTime").setFormat("date-time");
        property(condition, "message").setMaxLength(32768L);
        property(condition, "observedGeneration").setMinimum(0.0);
        property(condition, "reason").setMinLength(1L);
        property(condition, "reason").setMaxLength(1024L);
        property(condition, "reason").setPattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$");
        property(condition, "status")
                .setEnum(List.of(new TextNode("True"), new TextNode("False"), new TextNode("Unknown")));
        property(condition, "type").setMaxLength(316L);
        property(condition, "type")
                .setPattern("^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
                        + "[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$");
    }

    private static void mapBy(String key, JSONSchemaProps schema) {
        schema.setXKubernetesListType("map");
        schema.setXKubernetesListMapKeys(List.of(key));
        items(schema).setRequired(List.of(key));
    }

    private static JSONSchemaProps items(JSONSchemaProps array) {
        return array.getItems().getSchema();
    }

    private static JSONSchemaProps property(JSONSchemaProps object, String name) {
        return object.getProperties().get(name);
    }
}
