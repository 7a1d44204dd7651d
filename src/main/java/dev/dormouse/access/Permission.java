package dev.dormouse.access;

/**
 * Leave to do one thing. {@code atespaces} are like Kubernetes' namespaces: each stands in itself.
 *
 * @param resource in the group {@link #GROUP}: {@code resource} or {@code resource/subresource}
 * @param atespace the namespace whose Roles decide; empty for all
 * @param name of the one object; empty when there are several, or it has none yet
 */
public record Permission(Verb verb, String resource, String atespace, String name) {

    public static final String GROUP = "ate.dev";

    /** In all atespaces. */
    public static Permission everywhere(Verb verb, String resource) {
        return new Permission(verb, resource, "", "");
    }

    /** The same thing in one atespace. */
    Permission in(String atespace, String name) {
        return new Permission(verb, resource, atespace, name);
    }

    public String mainResource() {
        int slash = resource.indexOf('/');
        return slash < 0 ? resource : resource.substring(0, slash);
    }

    /** Empty when it is about the resource itself. */
    public String subresource() {
        int slash = resource.indexOf('/');
        return slash < 0 ? "" : resource.substring(slash + 1);
    }

    /** For who lacks it: {@code create actors/resume in atespace team-a}. */
    @Override
    public String toString() {
        return "%s %s in %s"
                .formatted(verb.word(), resource, atespace.isEmpty() ? "all atespaces" : "atespace " + atespace);
    }

    /** How much memory it takes, about, in bytes. */
    public int weight() {
        return resource.length() + atespace.length() + name.length();
    }
}
