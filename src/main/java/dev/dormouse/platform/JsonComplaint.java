package dev.dormouse.platform;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.dormouse.name.InvalidNameException;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a JSON body: which field, what was expected, and where. Never quotes the body: it may hold secrets. */
final class JsonComplaint {

    private JsonComplaint() {}

    static String of(JsonProcessingException e) {
        String syntax = syntax(e);
        if (syntax != null) {
            return syntax + place(e);
        }
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                "unknown field \"%s\"%s".formatted(field(unknown), place(unknown));
            case MismatchedInputException mismatch -> mismatch(mismatch);
            case JsonMappingException mapping
            when mapping.getCause() instanceof InvalidNameException name -> name.getMessage() + place(mapping);
            case JsonMappingException mapping
            when !mapping.getPath().isEmpty() ->
                "field \"%s\" can't be read%s".formatted(field(mapping), place(mapping));
            default -> "the body is not valid JSON" + place(e);
        };
    }

    /** What the parser itself stumbled over, wherever it stood; null when the text as such is JSON. */
    private static @Nullable String syntax(JsonProcessingException e) {
        Throwable parse = e instanceof JsonMappingException && e.getCause() != null ? e.getCause() : e;
        if (!(parse instanceof StreamReadException read)) {
            return null;
        }
        String message = read.getOriginalMessage();
        if (message.startsWith("Invalid UTF-8")) {
            return "the body is not UTF-8";
        } else if (message.startsWith("Duplicate field")) {
            return "a field is given twice";
        }
        return "the body is not valid JSON";
    }

    private static String mismatch(MismatchedInputException e) {
        if (e.getPath().isEmpty()) {
            return "the body is not the JSON object that is expected here" + place(e);
        }
        return "field \"%s\" must be %s%s".formatted(field(e), expected(e.getTargetType()), place(e));
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "given";
        } else if (type == String.class) {
            return "a string";
        } else if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        } else if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "a number";
        } else if (Collection.class.isAssignableFrom(type) || type.isArray()) {
            return "a list";
        }
        return "an object";
    }

    /** As in {@code template.name} or {@code items[2].id}. */
    private static String field(JsonMappingException e) {
        return e.getPath().stream()
                .map(part -> part.getFieldName() == null ? "[" + part.getIndex() + "]" : "." + part.getFieldName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }

    private static String place(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return at == null || at.getLineNr() < 1
                ? ""
                : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
    }
}
