package dev.dormouse.standalone;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one document declares, checked on its own.
 *
 * @param namespace empty for cluster-scoped kinds
 * @param spec the typed spec; for a Secret its data, key to base64
 * @param document where it stands, for errors that appear when it is applied
 */
record ManifestObject(
        Key key, Map<String, String> labels, Map<String, String> annotations, Object spec, ManifestDocument document) {

    record Key(ManifestKind kind, String namespace, String name) {
        // written out: in a native executable the one that comes with a record takes 14 us, see docs/decisions/0011
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || other instanceof Key key
                            && kind == key.kind
                            && name.equals(key.name)
                            && namespace.equals(key.namespace);
        }

        @Override
        public String toString() {
            return kind.kind() + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
        }
    }

    /** A sentence for people, without the spec: a Secret's is secret. */
    @Override
    public String toString() {
        return key.toString();
    }

    /** The spec if it is of that type. */
    <T> @Nullable T specAs(Class<T> type) {
        return type.isInstance(spec) ? type.cast(spec) : null;
    }
}
