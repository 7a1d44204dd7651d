package dev.dormouse.standalone;

import java.util.List;
import java.util.stream.Collectors;

/** Manifests that can't be applied, with every reason. None of them was. */
public final class ManifestException extends Exception {

    private static final int SHOWN = 10;

    private final transient List<ManifestError> errors;

    ManifestException(List<ManifestError> errors) {
        super(describe(errors));
        this.errors = List.copyOf(errors);
    }

    /** At least one. */
    public List<ManifestError> errors() {
        return errors;
    }

    private static String describe(List<ManifestError> errors) {
        String shown = errors.stream().limit(SHOWN).map(ManifestError::toString).collect(Collectors.joining("; "));
        return errors.size() <= SHOWN ? shown : shown + "; and %d more".formatted(errors.size() - SHOWN);
    }
}
