package dev.dormouse.image;

import java.util.regex.Pattern;
import land.oras.utils.Const;

/**
 * Where a registry keeps an image, names of Docker Hub written out: {@code nginx} is {@code docker.io/library/nginx}.
 *
 * @param host with the port if there is one
 */
record RegistryName(String host, String repository) {

    private static final String HUB = Const.DEFAULT_REGISTRY;
    private static final String HUB_API = "registry-1." + HUB;
    private static final String HUB_INDEX = "index." + HUB;

    private static final int REPOSITORY_LENGTH = 255;
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?");
    private static final Pattern PART = Pattern.compile("[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*");

    /** Of a reference's name, without tag and digest. */
    static RegistryName parse(String name) throws ImageException {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        String host = isHost(first) ? hub(first) : HUB;
        String repository = isHost(first) ? name.substring(slash + 1) : name;
        if (host.equals(HUB) && repository.indexOf('/') < 0) {
            repository = "library/" + repository;
        }
        if (!HOST.matcher(host).matches()) {
            throw new ImageException("'" + host + "' is no host of a registry", null);
        }
        if (!isRepository(repository)) {
            throw new ImageException(
                    "'" + repository
                            + "' is no repository: those are lower case letters, digits, '.', '_', '-' and '/'",
                    null);
        }
        return new RegistryName(host, repository);
    }

    /** As Docker tells a host from the first part of a repository. */
    private static boolean isHost(String first) {
        return first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
    }

    /** All names of Docker Hub are one. */
    static String hub(String host) {
        return host.equals(HUB_INDEX) || host.equals(HUB_API) ? HUB : host;
    }

    private static boolean isRepository(String repository) {
        if (repository.length() > REPOSITORY_LENGTH) {
            return false;
        }
        for (String part : repository.split("/", -1)) {
            if (!PART.matcher(part).matches()) {
                return false;
            }
        }
        return true;
    }

    /** The host and port that answer. */
    String server() {
        return host.equals(HUB) ? HUB_API : host;
    }

    @Override
    public String toString() {
        return host + "/" + repository;
    }
}
