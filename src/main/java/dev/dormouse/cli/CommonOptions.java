package dev.dormouse.cli;

import dev.dormouse.name.AtespaceName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options that every command takes, before or behind its name. */
final class CommonOptions {

    private static final String DEFAULT_ENDPOINT = "http://localhost:8080";

    @Option(
            names = {"-a", "--atespace"},
            paramLabel = "ATESPACE",
            defaultValue = "default",
            scope = ScopeType.INHERIT,
            description = "The actor's atespace (default: ${DEFAULT-VALUE}).")
    private AtespaceName atespace = AtespaceName.DEFAULT;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            description = "table, wide, json, yaml or name.")
    private @Nullable Format format;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "The API (default: $DORMOUSE_ENDPOINT, else " + DEFAULT_ENDPOINT + ").")
    private @Nullable String endpoint;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "CA of the API's certificate, in PEM (default: $DORMOUSE_CA).")
    private @Nullable Path ca;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            scope = ScopeType.INHERIT,
            description = "Says to the API who you are; others on this machine can see it (default: $DORMOUSE_TOKEN).")
    private @Nullable String token;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "File with that token.")
    private @Nullable Path tokenFile;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Shows the version.")
    private boolean version;

    AtespaceName atespace() {
        return atespace;
    }

    /** Null when the user named none. */
    @Nullable
    Format format() {
        return format;
    }

    /** The one that the user named, or else this. */
    Format format(Format otherwise) {
        return format == null ? otherwise : format;
    }

    /** Null when the user named none. */
    @Nullable
    Path ca(Map<String, String> environment) {
        String fromEnvironment = environment.getOrDefault("DORMOUSE_CA", "");
        return ca != null || fromEnvironment.isBlank() ? ca : Path.of(fromEnvironment);
    }

    /** Null when the user has none. */
    @Nullable
    String token(Map<String, String> environment) {
        if (token != null) {
            return token;
        }
        if (tokenFile == null) {
            String fromEnvironment =
                    environment.getOrDefault("DORMOUSE_TOKEN", "").strip();
            return fromEnvironment.isEmpty() ? null : fromEnvironment;
        }
        try {
            return Files.readString(tokenFile).strip();
        } catch (IOException e) {
            throw new CommandFailed("can't read the token in " + tokenFile + "; correct --token-file");
        }
    }

    /** Without a slash at its end. */
    URI endpoint(Map<String, String> environment) {
        String url = endpoint;
        if (url == null) {
            String fromEnvironment = environment.getOrDefault("DORMOUSE_ENDPOINT", "");
            url = fromEnvironment.isBlank() ? DEFAULT_ENDPOINT : fromEnvironment;
        }
        try {
            URI uri = URI.create(url.strip().replaceAll("/+$", ""));
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // answered below
        }
        throw new CommandFailed("'" + url + "' is not the URL of an API, such as " + DEFAULT_ENDPOINT
                + "; set it with --endpoint or DORMOUSE_ENDPOINT");
    }
}
