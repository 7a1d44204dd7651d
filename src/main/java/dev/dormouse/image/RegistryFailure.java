package dev.dormouse.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a failed request means, and what to do about it. */
final class RegistryFailure {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern CODE = Pattern.compile("[A-Z_]{1,40}");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");
    /** What the JDK says when a body is longer than its handler allows. */
    private static final String TOO_MUCH = "exceeds capacity";

    private static final String WHERE_CREDENTIALS_GO =
            "a Secret that the template's imagePullSecrets name, or the node's Docker configuration"
                    + " (dormouse.images.docker-config)";

    private RegistryFailure() {}

    /** No answer came, or not all of it. */
    static RegistryException of(String host, IOException e, Patience patience) {
        if (has(e, UnknownHostException.class) || has(e, UnresolvedAddressException.class)) {
            return RegistryException.lasting(
                    "registry %s has no address: check the image's name and this node's DNS, or set dormouse.images.redirect to where it is"
                            .formatted(host),
                    e);
        }
        if (e instanceof HttpConnectTimeoutException) {
            return RegistryException.lasting(
                    "registry %s can't be reached within %d s: check the network between this node and it"
                            .formatted(host, patience.connect().toSeconds()),
                    e);
        }
        if (e instanceof ConnectException) {
            return RegistryException.lasting(
                    "registry %s refuses connections: check host and port, and that it runs".formatted(host), e);
        }
        if (e instanceof SSLException) {
            return tls(host, (SSLException) e);
        }
        String text = String.valueOf(e.getMessage());
        if (text.contains(TOO_MUCH)) {
            return RegistryException.lasting(
                    "registry %s sends more than the %s bytes that this may have: it was pushed wrongly, or is no registry"
                            .formatted(host, text.substring(text.lastIndexOf(' ') + 1)),
                    e);
        }
        return RegistryException.passing("the connection to registry %s broke: %s".formatted(host, e.getMessage()), e);
    }

    private static RegistryException tls(String host, SSLException e) {
        String text = String.valueOf(e.getMessage());
        if (text.contains("validity check failed") || text.contains("NotAfter")) {
            return RegistryException.lasting(
                    "the certificate of registry %s has expired or is not valid yet: renew it, or check this node's clock"
                            .formatted(host),
                    e);
        }
        if (text.contains("PKIX")) {
            return RegistryException.lasting(
                    "the certificate of registry %s is not trusted: set dormouse.images.ca to a PEM file with the CA that signed it"
                            .formatted(host),
                    e);
        }
        if (text.contains("subject alternative")) {
            return RegistryException.lasting(
                    "the certificate of registry %s is for another name: use the name that it was made for (%s)"
                            .formatted(host, text),
                    e);
        }
        if (text.contains("unrecognized SSL message") || text.contains("plaintext")) {
            return RegistryException.lasting(
                    "registry %s does not speak TLS: if that is meant, add it to dormouse.images.plain-http"
                            .formatted(host),
                    e);
        }
        return RegistryException.passing("TLS with registry %s failed: %s".formatted(host, text), e);
    }

    /**
     * @param what was asked for, e.g. "manifest sha256:…"
     * @param known whether credentials were sent
     */
    static RegistryException of(
            RegistryName name, String what, HttpResponse<byte[]> answer, boolean known, boolean plain) {
        int status = answer.statusCode();
        String code = code(answer.body());
        return switch (status) {
            case 401, 403 -> denied(name, status, code, known);
            case 404 ->
                RegistryException.lasting(
                        "registry %s has no %s in repository %s%s: check the reference, and that it was pushed there"
                                .formatted(name.host(), what, name.repository(), code),
                        null);
            case 429 ->
                RegistryException.passingAfter(
                        "registry %s limits how often it may be asked (429): wait, or give credentials with a higher limit in %s"
                                .formatted(name.host(), WHERE_CREDENTIALS_GO),
                        wait(answer));
            default -> {
                String message =
                        "registry %s answers %d%s when asked for %s".formatted(name.host(), status, code, what);
                if (status >= 500 || status == 408) {
                    yield RegistryException.passingAfter(message + ": see its log, or try later", wait(answer));
                }
                yield RegistryException.lasting(
                        plain && status == 400
                                ? message + ": if it speaks TLS, take it out of dormouse.images.plain-http"
                                : message,
                        null);
            }
        };
    }

    private static RegistryException denied(RegistryName name, int status, String code, boolean known) {
        return RegistryException.lasting(
                known
                        ? "registry %s refuses the credentials it was given for %s (%d%s): correct them in %s"
                                .formatted(name.host(), name.repository(), status, code, WHERE_CREDENTIALS_GO)
                        : "registry %s wants credentials for %s (%d%s), or has no such repository: put them into %s"
                                .formatted(name.host(), name.repository(), status, code, WHERE_CREDENTIALS_GO),
                null);
    }

    /** The registry's word for it, which is one of few; its sentences may say anything. */
    private static String code(byte[] body) {
        try {
            JsonNode document = JSON.readTree(body);
            String code = document.path("errors").path(0).path("code").asText("");
            return CODE.matcher(code).matches() ? " " + code : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static Duration wait(HttpResponse<byte[]> answer) {
        return answer.headers()
                .firstValue("Retry-After")
                .filter(text -> SECONDS.matcher(text).matches())
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(Duration.ZERO);
    }

    private static boolean has(@Nullable Throwable e, Class<? extends Throwable> kind) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (kind.isInstance(t)) {
                return true;
            }
        }
        return false;
    }
}
