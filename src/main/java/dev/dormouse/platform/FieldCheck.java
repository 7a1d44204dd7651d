package dev.dormouse.platform;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Walks a declared object and collects every rule it breaks, each with the path of its field. A check of an absent value passes
 * unless it is {@link #required}, so that checks can be listed without conditions.
 */
public final class FieldCheck {

    private static final String REQUIRED = "Required value";

    private final String path;
    private final List<Violation> found;

    private FieldCheck(String path, List<Violation> found) {
        this.path = path;
        this.found = found;
    }

    /** Begins at a field of the object itself: {@code spec}. */
    public static FieldCheck at(String root) {
        return new FieldCheck(root, new ArrayList<>());
    }

    /** The check of a field below this one; what it finds is found here too. */
    public FieldCheck field(String name) {
        return new FieldCheck(path + "." + name, found);
    }

    /** All that was found so far, in the order of the checks. */
    public List<Violation> violations() {
        return List.copyOf(found);
    }

    /** Records that this field breaks a rule. */
    public void refuse(String message) {
        found.add(new Violation(path, message));
    }

    /** The value must hold; nothing is said of an absent one. */
    public <T> FieldCheck must(@Nullable T value, Predicate<T> rule, String message) {
        if (value != null && !rule.test(value)) {
            refuse(message);
        }
        return this;
    }

    /** @return whether the value is there */
    public boolean required(@Nullable Object value) {
        if (value == null) {
            refuse(REQUIRED);
        }
        return value != null;
    }

    /** @return whether the text is there and not empty */
    public boolean requiredText(@Nullable String value) {
        if (value == null) {
            refuse(REQUIRED);
            return false;
        }
        must(value, v -> !v.isEmpty(), "Must be at least 1 character long");
        return !value.isEmpty();
    }

    /**
     * The length, in characters as Kubernetes counts them, comes first and ends the check: a pattern is not run over input of unbounded
     * size.
     */
    public FieldCheck matches(@Nullable String value, int maxLength, Pattern pattern, String message) {
        if (value != null && value.codePointCount(0, value.length()) > maxLength) {
            refuse("Must be at most %d characters long".formatted(maxLength));
            return this;
        }
        return must(value, v -> pattern.matcher(v).matches(), message);
    }

    /** From {@code min} to {@code max}, both included. */
    public FieldCheck range(long value, long min, long max) {
        return must(value, v -> v >= min && v <= max, "Must be between %d and %d".formatted(min, max));
    }

    /** An absent list passes. */
    public FieldCheck maxItems(@Nullable Collection<?> items, int max) {
        return must(items, i -> i.size() <= max, "Must have at most %d items".formatted(max));
    }

    /** Checks each item at its own path; more than {@code max} are refused unread. */
    public <T> void items(@Nullable List<T> items, int max, BiConsumer<FieldCheck, T> check) {
        if (items == null || items.size() > max) {
            maxItems(items, max);
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            check.accept(new FieldCheck(path + "[" + i + "]", found), items.get(i));
        }
    }

    /** No two items have the same name; nothing is said of items without one. */
    public <T> void unique(@Nullable List<T> items, Function<T, @Nullable String> name, String message) {
        Set<String> seen = new HashSet<>();
        must(items, i -> i.stream().map(name).filter(Objects::nonNull).allMatch(seen::add), message);
    }
}
