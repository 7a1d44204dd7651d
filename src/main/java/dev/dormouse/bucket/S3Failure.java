package dev.dormouse.bucket;

import java.io.IOException;
import java.io.InterruptedIOException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The SDK's failures as ours, in words. */
final class S3Failure {

    private static final int NOT_FOUND = 404;

    private S3Failure() {}

    static IOException of(String bucket, String key, SdkException e) {
        String object = "s3://%s/%s".formatted(bucket, key);
        if (e instanceof AbortedException) {
            InterruptedIOException interrupted = new InterruptedIOException("interrupted");
            interrupted.initCause(e);
            return interrupted;
        }
        if (e instanceof S3Exception refusal) {
            String code = refusal.awsErrorDetails() == null
                    ? "no code"
                    : refusal.awsErrorDetails().errorCode();
            String message = "%s: the store answers %d (%s)".formatted(object, refusal.statusCode(), code);
            // without the bucket nothing can be said of what it holds
            return refusal.statusCode() == NOT_FOUND && !code.equals("NoSuchBucket")
                    ? new NoSuchObjectException(message, e)
                    : new BucketException(message, e);
        }
        return new BucketException("%s: the store doesn't answer: %s".formatted(object, e.getMessage()), e);
    }
}
