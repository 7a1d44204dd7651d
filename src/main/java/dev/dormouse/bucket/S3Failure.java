package dev.dormouse.bucket;

import java.io.IOException;
import java.io.InterruptedIOException;
import javax.xml.stream.XMLStreamException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The SDK's failures as ours, in words. */
final class S3Failure {

    private static final int NOT_FOUND = 404;
    private static final String NO_CODE = "no code";

    private S3Failure() {}

    static IOException of(String bucket, String key, SdkException e) {
        String object = "s3://%s/%s".formatted(bucket, key);
        if (e instanceof AbortedException) {
            InterruptedIOException interrupted = new InterruptedIOException("interrupted");
            interrupted.initCause(e);
            return interrupted;
        }
        if (e instanceof S3Exception refusal) {
            String message = "%s: the store answers %d (%s)".formatted(object, refusal.statusCode(), code(refusal));
            // any other 404 may be about the bucket, and says nothing of what it holds
            return code(refusal).equals("NoSuchKey")
                    ? new NoSuchObjectException(message, e)
                    : new BucketException(message, e);
        }
        return new BucketException("%s: the store doesn't answer: %s".formatted(object, e.getMessage()), e);
    }

    /** An answer that ended in the middle of its XML, which the SDK takes for one of a server that can't write it. */
    static boolean brokeOff(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof XMLStreamException) {
                return true;
            }
        }
        return false;
    }

    /** An answer of which too little came to tell which thing is missing. */
    static boolean isUnclear(S3Exception e) {
        return e.statusCode() == NOT_FOUND && code(e).equals(NO_CODE);
    }

    private static String code(S3Exception e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        return code == null ? NO_CODE : code;
    }
}
