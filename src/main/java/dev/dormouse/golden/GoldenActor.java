package dev.dormouse.golden;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dormouse.name.ActorId;
import dev.dormouse.name.ActorKey;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.template.ActorTemplate;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names the actor whose snapshot is a template's golden one. */
public final class GoldenActor {

    /** 96 bits: no two of any number of templates meet. */
    private static final int HASH_LENGTH = 24;

    private static final int READABLE_LENGTH = 63 - 1 - HASH_LENGTH;

    private GoldenActor() {}

    /** Another for each template that ever was: one that is made again under an old name gets an actor of its own. */
    public static ActorKey of(ActorTemplate template) {
        String namespace = template.getMetadata().getNamespace();
        String name = template.getMetadata().getName();
        String readable = (namespace + "-" + name).replace('.', '-');
        String begin = readable.substring(0, Math.min(readable.length(), READABLE_LENGTH));
        String uid = template.getMetadata().getUid();
        return new ActorKey(AtespaceName.GOLDEN, new ActorId(begin + "-" + hash(namespace + "/" + name + "/" + uid)));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
