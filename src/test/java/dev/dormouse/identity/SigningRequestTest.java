package dev.dormouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SigningRequestTest {

    private static final String ECDSA = "SHA256withECDSA";

    private final KeyPair keys = SigningRequests.elliptic("secp256r1");

    private static String refusal(byte[] der) {
        Failure failure = catchThrowableOfType(Failure.class, () -> SigningRequest.of(der));
        assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
        return failure.detail();
    }

    @Test
    void whoHasTheKeyShowsIt() {
        assertThat(SigningRequest.of(SigningRequests.by(keys, ECDSA)).key()).isEqualTo(keys.getPublic());
        KeyPair larger = SigningRequests.elliptic("secp384r1");
        assertThat(SigningRequest.of(SigningRequests.by(larger, "SHA384withECDSA"))
                        .key())
                .isEqualTo(larger.getPublic());
        KeyPair rsa = SigningRequests.of("RSA", 2048);
        assertThat(SigningRequest.of(SigningRequests.by(rsa, "SHA256withRSA")).key())
                .isEqualTo(rsa.getPublic());
    }

    @Test
    void whoHasItNotIsRefused() {
        byte[] ofAnother = SigningRequests.by(keys, SigningRequests.elliptic("secp256r1"), ECDSA, "CN=x");

        assertThat(refusal(ofAnother)).contains("own key");
    }

    @Test
    void weakAndStrangeKeysAreRefused() {
        assertThat(refusal(SigningRequests.by(SigningRequests.of("RSA", 1024), "SHA256withRSA")))
                .contains("2048");
        assertThat(refusal(SigningRequests.by(SigningRequests.elliptic("secp521r1"), "SHA512withECDSA")))
                .contains("256 or 384");
        assertThat(refusal(SigningRequests.by(SigningRequests.of("Ed25519", 0), "Ed25519")))
                .contains("256 or 384");
    }

    @Test
    void whatIsNoRequestIsRefused() {
        byte[] good = SigningRequests.by(keys, ECDSA);

        assertThat(refusal(new byte[0])).contains("required");
        assertThat(refusal(new byte[17 * 1024])).contains("longer");
        assertThat(refusal("hello".getBytes(StandardCharsets.US_ASCII))).contains("PKCS #10");
        assertThat(refusal(Base64.getEncoder().encode(good))).contains("PKCS #10");
        assertThat(refusal(Arrays.copyOf(good, good.length - 1))).contains("PKCS #10");
        assertThat(refusal(keys.getPublic().getEncoded())).contains("PKCS #10");
    }

    @Test
    void whateverIsChangedInOneItIsRefusedOrSaysTheSame() {
        byte[] good = SigningRequests.by(keys, ECDSA);
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            byte[] changed = good.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 + random.nextInt(255));
            try {
                assertThat(SigningRequest.of(changed).key()).isEqualTo(keys.getPublic());
            } catch (Failure refused) {
                assertThat(refused.code()).isEqualTo(Code.INVALID_ARGUMENT);
            }
        }
    }
}
