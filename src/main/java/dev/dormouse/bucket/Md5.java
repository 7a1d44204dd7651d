package dev.dormouse.bucket;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** What every store checks an upload by, so that what was damaged on the way is refused. */
final class Md5 {

    private Md5() {}

    static String base64(Part part) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            md5.update(part.array(), 0, part.length());
            return Base64.getEncoder().encodeToString(md5.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
