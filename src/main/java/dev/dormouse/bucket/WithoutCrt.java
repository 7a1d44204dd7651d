package dev.dormouse.bucket;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import software.amazon.awssdk.checksums.SdkChecksum;
import software.amazon.awssdk.checksums.spi.ChecksumAlgorithm;
import software.amazon.awssdk.http.auth.aws.crt.internal.signer.DefaultAwsCrtV4aHttpSigner;

/**
 * For the native executable, which must find every class at build time: what of the AWS SDK needs its library of C, which is not here.
 * The SDK asks whether it is before it calls any of this.
 */
final class WithoutCrt {

    private WithoutCrt() {}

    private static IllegalStateException absent() {
        return new IllegalStateException("the AWS common runtime is not part of this executable");
    }

    @TargetClass(className = "software.amazon.awssdk.checksums.internal.ChecksumProvider")
    static final class Checksums {

        private Checksums() {}

        @Substitute
        static SdkChecksum createCrtCrc32C() {
            throw absent();
        }

        @Substitute
        static SdkChecksum crc64NvmeCrtImplementation() {
            throw absent();
        }

        @Substitute
        static SdkChecksum crtXxHash(ChecksumAlgorithm algorithm) {
            throw absent();
        }
    }

    @TargetClass(className = "software.amazon.awssdk.http.auth.aws.internal.signer.util.OptionalDependencyLoaderUtil")
    static final class Signers {

        private Signers() {}

        @Substitute
        public static DefaultAwsCrtV4aHttpSigner getDefaultAwsCrtV4aHttpSigner() {
            throw absent();
        }
    }
}
