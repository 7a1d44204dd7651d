package dev.dormouse.bucket;

import java.io.IOException;

/** The buckets of one kind of object store. */
public interface Buckets {

    /** A bucket by its name; it need not exist. Connects to nothing, but may look for credentials: blocks. */
    Bucket bucket(String name) throws IOException;
}
