package dev.dormouse.identity;

import dev.dormouse.access.Open;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jose4j.jwk.Use;

/** What anyone needs to check actors' tokens and certificates; nothing here is secret. */
@Path("/")
@Tag(name = "identity", description = "What actors' tokens and certificates are checked with.")
class DiscoveryResource {

    /** How long an answer may be remembered: much shorter than keys are published before they sign. */
    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    private static final String KEY_SET = "application/jwk-set+json";

    private final Issuer issuer;
    private final Keys keys;

    DiscoveryResource(Issuer issuer, Keys keys) {
        this.issuer = issuer;
        this.keys = keys;
    }

    @Open
    @GET
    @Path(".well-known/openid-configuration")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(operationId = "discoverIssuer", summary = "Tells who issues actors' tokens, and where its keys are")
    @APIResponse(
            responseCode = "200",
            description = "OpenID Connect discovery",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Object.class)))
    public Response configuration() {
        return remembered(
                new JsonObject()
                        .put("issuer", issuer.url())
                        .put("jwks_uri", issuer.keysUrl())
                        .put("response_types_supported", JsonArray.of("id_token"))
                        .put("subject_types_supported", JsonArray.of("public"))
                        .put("id_token_signing_alg_values_supported", JsonArray.of(SigningKey.ALGORITHM)),
                MediaType.APPLICATION_JSON);
    }

    @Open
    @GET
    @Path(Issuer.KEYS)
    @Produces(KEY_SET)
    @Operation(operationId = "listTokenKeys", summary = "Lists the keys that actors' tokens are checked with")
    @APIResponse(
            responseCode = "200",
            description = "A JSON Web Key Set",
            content = @Content(mediaType = KEY_SET, schema = @Schema(implementation = Object.class)))
    public Uni<Response> keys() {
        return keys.ring().map(ring -> {
            JsonArray all = new JsonArray();
            ring.keys().forEach(key -> all.add(key.publicTokens(Use.SIGNATURE)));
            return remembered(new JsonObject().put("keys", all), KEY_SET);
        });
    }

    @Open
    @GET
    @Path("spiffe/v1/bundle")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "getTrustBundle",
            summary =
                    "Lists the authorities and keys that actors' certificates and tokens are checked with, for SPIFFE")
    @APIResponse(
            responseCode = "200",
            description = "A SPIFFE bundle",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Object.class)))
    public Uni<Response> bundle() {
        return keys.ring().map(ring -> {
            JsonArray all = new JsonArray();
            ring.keys().forEach(key -> all.add(key.publicCertificates("x509-svid")));
            ring.keys().forEach(key -> all.add(key.publicTokens("jwt-svid")));
            return remembered(
                    new JsonObject()
                            .put("spiffe_refresh_hint", REMEMBERED.toSeconds())
                            .put("keys", all),
                    MediaType.APPLICATION_JSON);
        });
    }

    private static Response remembered(JsonObject document, String type) {
        return Response.ok(document.encode(), type)
                .header(HttpHeaders.CACHE_CONTROL, "public, max-age=" + REMEMBERED.toSeconds())
                .build();
    }
}
