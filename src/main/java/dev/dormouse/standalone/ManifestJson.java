package dev.dormouse.standalone;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotationIntrospectorPair;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.dormouse.pool.WorkerPoolSpec;
import dev.dormouse.pool.WorkerPoolStatus;
import dev.dormouse.sandboxconfig.SandboxConfigSpec;
import dev.dormouse.snapshot.SnapshotRef;
import dev.dormouse.template.ActorTemplateSpec;
import dev.dormouse.template.ActorTemplateStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what people wrote, strictly, and writes and reads what the table keeps. */
@RegisterForReflection(
        targets = {
            ActorTemplateSpec.class,
            ActorTemplateStatus.class,
            WorkerPoolSpec.class,
            WorkerPoolStatus.class,
            SandboxConfigSpec.class,
            SnapshotRef.class,
            ObjectMeta.class
        },
        registerFullHierarchy = true)
final class ManifestJson {

    /** For the table: lenient, so that a field that a later version adds doesn't stop an older one. */
    private static final ObjectMapper STORED = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final ObjectMapper STRICT = strict();

    private ManifestJson() {}

    /** What is wrong, by the path below what was read. */
    record Misfit(String path, String message) {}

    /** Either the value or what is wrong with it. */
    record Reading<T>(@Nullable T value, @Nullable Misfit misfit) {}

    /** Reads a part of a manifest; unknown fields and values of another type are misfits, which never hold the value. */
    static <T> Reading<T> read(JsonNode node, Class<T> type) {
        try {
            return new Reading<>(STRICT.treeToValue(node, type), null);
        } catch (JsonMappingException e) {
            return new Reading<>(null, new Misfit(path(e), complaint(e)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return new Reading<>(null, new Misfit("", "Is not well formed"));
        }
    }

    static String write(Object value) {
        try {
            return STORED.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a value of ours has no JSON", e);
        }
    }

    static <T> T stored(String json, Class<T> type) {
        try {
            return STORED.readValue(json, type);
        } catch (JsonProcessingException e) {
            // without the cause: its message quotes the value
            throw new IllegalStateException("what the table keeps is not a " + type.getSimpleName());
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, String> storedMap(String json) {
        return stored(json, Map.class);
    }

    private static ObjectMapper strict() {
        ObjectMapper mapper = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .annotationIntrospector(
                        new AnnotationIntrospectorPair(new NoCatchAll(), new JacksonAnnotationIntrospector()))
                .build();
        for (CoercionInputShape shape : new CoercionInputShape[] {
            CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean
        }) {
            mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
        }
        return mapper;
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference reference : e.getPath()) {
            path.append(
                    reference.getFieldName() == null
                            ? "[" + reference.getIndex() + "]"
                            : "." + reference.getFieldName());
        }
        return path.toString();
    }

    private static String complaint(JsonMappingException e) {
        return switch (e) {
            case UnrecognizedPropertyException unknown -> {
                Collection<Object> known = unknown.getKnownPropertyIds();
                yield "Unknown field" + (known == null || known.isEmpty() ? "" : "; known are " + sorted(known));
            }
            case MismatchedInputException mismatch -> expectation(mismatch.getTargetType());
            default -> "Is not well formed";
        };
    }

    private static String sorted(Collection<Object> names) {
        return names.stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
    }

    private static String expectation(@Nullable Class<?> type) {
        if (type == null) {
            return "Has a value of the wrong type";
        }
        if (type.isEnum()) {
            return "Must be one of "
                    + Arrays.stream(type.getFields())
                            .map(f -> f.getAnnotation(JsonProperty.class))
                            .map(JsonProperty::value)
                            .collect(Collectors.joining(", "));
        }
        if (type == String.class) {
            return "Must be text; put a number, true or false in quotes";
        }
        if (type == Integer.class || type == Long.class || type == int.class || type == long.class) {
            return "Must be a whole number";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "Must be true or false";
        }
        return Collection.class.isAssignableFrom(type) ? "Must be a list" : "Must be an object";
    }

    /** Kubernetes' own types take unknown fields in silence; here nothing does. */
    private static final class NoCatchAll extends NopAnnotationIntrospector {

        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(Annotated a) {
            return false;
        }
    }
}
