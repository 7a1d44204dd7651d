package dev.dormouse.identity;

import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where the keys are kept that all replicas sign with. What is in it is secret: never log it. */
public interface KeyVault {

    /**
     * Gives what is kept, after a change that another replica sees or is seen by. Blocks.
     *
     * @param change what is to be kept, of what is, null before the first time; the same for no change. Asked again where another
     *     replica was faster
     * @throws IOException when it can't be read or written
     */
    String keep(Function<@Nullable String, String> change) throws IOException;
}
