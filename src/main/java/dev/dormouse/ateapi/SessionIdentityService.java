package dev.dormouse.ateapi;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.dormouse.ateapi.v008.wire.MintCertRequest;
import dev.dormouse.ateapi.v008.wire.MintCertResponse;
import dev.dormouse.ateapi.v008.wire.MintJWTRequest;
import dev.dormouse.ateapi.v008.wire.MintJWTResponse;
import dev.dormouse.identity.Identities;
import dev.dormouse.identity.Identities.SessionCertificate;
import dev.dormouse.identity.Identities.SessionToken;
import dev.dormouse.identity.Session;
import dev.dormouse.platform.BearerToken;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.DormouseConfig;
import dev.dormouse.platform.DormouseConfig.Role;
import dev.dormouse.platform.Failure;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.mutiny.Uni;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The methods of {@code ateapi.SessionIdentity}, whose requests and answers have one layout in all eras. Their caller is no user but a
 * worker, and is told by its own token.
 */
@GrpcService
@RegisterInterceptor(CallEdge.class)
@RegisterInterceptor(BearerToken.class)
class SessionIdentityService implements BindableService {

    private static final String NAME = "ateapi.SessionIdentity";
    private static final int CUSTOM_CLAIMS = 5;

    private final Identities identities;
    private final DormouseConfig config;

    SessionIdentityService(Identities identities, DormouseConfig config) {
        this.identities = identities;
        this.config = config;
    }

    @Override
    public ServerServiceDefinition bindService() {
        // a worker agent vouches for nobody
        List<UnaryMethod> methods = config.role() == Role.SERVER
                ? List.of(
                        UnaryMethod.of(NAME, "MintJWT", (credentials, request) -> mintToken(request)),
                        UnaryMethod.of(NAME, "MintCert", (credentials, request) -> mintCertificate(request)))
                : List.of();
        return UnaryMethod.service(NAME, config.api().era(), methods);
    }

    private Uni<Message> mintToken(byte[] request) {
        return identities
                .tokenOfSession(BearerToken.ofThisCall(), () -> tokenRequest(request))
                .map(token -> MintJWTResponse.newBuilder()
                        .setSessionJwt(token.value())
                        .build());
    }

    private static SessionToken tokenRequest(byte[] bytes) {
        MintJWTRequest read = Request.of(bytes).as(MintJWTRequest::parseFrom);
        if (read.getUnknownFields().hasField(CUSTOM_CLAIMS)) {
            throw new Failure(
                    Code.INVALID_ARGUMENT, "leave out custom_claims: a token says what is known of the actor, no more");
        }
        return new SessionToken(
                new Session(read.getAppId(), read.getUserId(), read.getSessionId()), read.getAudienceList());
    }

    private Uni<Message> mintCertificate(byte[] request) {
        return identities
                .certificateOfSession(BearerToken.ofThisCall(), () -> certificateRequest(request))
                .map(certificate -> MintCertResponse.newBuilder()
                        .addSessionCertificates(encoded(certificate))
                        .build());
    }

    private static SessionCertificate certificateRequest(byte[] bytes) {
        MintCertRequest read = Request.of(bytes).as(MintCertRequest::parseFrom);
        return new SessionCertificate(
                new Session(read.getAppId(), read.getUserId(), read.getSessionId()),
                read.getCertificateSigningRequest().toByteArray());
    }

    private static ByteString encoded(X509Certificate certificate) {
        try {
            return ByteString.copyFrom(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
