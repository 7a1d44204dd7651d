package dev.dormouse.bucket;

import java.io.IOException;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * A bucket of an object store. All methods block, try again what may pass by itself, and then throw {@link BucketException}; call
 * from a worker or virtual thread. Safe for many threads.
 */
public interface Bucket {

    /** Writes an object unless there is one already; says whether it did. Also false when an answer was lost and asked for again. */
    boolean create(String key, Part content) throws IOException;

    /** Writes an object, over another if there is one. */
    void put(String key, Part content) throws IOException;

    /** Begins an object of more than one part. */
    Upload begin(String key) throws IOException;

    /**
     * Fills a part with what an object holds from a position on: whole, but for the object's last bytes.
     *
     * @return the size of the object in bytes
     * @throws NoSuchObjectException when it isn't there
     */
    long read(String key, long from, Part into) throws IOException;

    /** Idempotent. */
    void delete(String key) throws IOException;

    /** Every object whose key begins so, page by page. */
    void list(String prefix, Consumer<Found> each) throws IOException;

    /** Uploads that were begun, with the size 0, and neither completed nor aborted: their process died. They cost money. */
    void listUnfinished(String prefix, Consumer<Found> each) throws IOException;

    /** Aborts what {@link #listUnfinished} lists. */
    void abortUnfinished(String prefix) throws IOException;

    /** An object of a listing. */
    record Found(String key, long size, Instant changed) {}

    /** An object on its way in parts; there is nothing to see of it until it is complete. */
    interface Upload {

        /** How many parts may be under way at once; with 1 they must come in order. */
        int partsAtOnce();

        /**
         * Sends a part.
         *
         * @param number from 1 on
         * @param last only this one may be less than full
         */
        void send(int number, Part part, boolean last) throws IOException;

        /** Makes the object, when all parts were sent. */
        void complete() throws IOException;

        /** Forgets the parts. No part may be under way. */
        void abort() throws IOException;
    }
}
