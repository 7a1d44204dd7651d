package dev.dormouse.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.standalone.StoreDatabase;
import io.smallrye.mutiny.Uni;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CommandKeysTest {

    private static final UUID ATEOM = UUID.randomUUID();
    private static StoreDatabase database;

    @BeforeAll
    static void open() {
        database = new StoreDatabase();
    }

    @AfterAll
    static void close() throws Exception {
        database.close();
    }

    @Test
    void allReplicasDeriveTheSameAndEachAteomItsOwn() {
        CommandKeys first = new CommandKeys(database.database());
        CommandKeys second = new CommandKeys(database.database());
        StoreDatabase.await(Uni.join().all(first.load(), second.load()).andFailFast());

        assertThat(first.of(ATEOM)).hasSize(64).isEqualTo(second.of(ATEOM));
        assertThat(first.of(UUID.randomUUID())).isNotEqualTo(first.of(ATEOM));
    }

    @Test
    void thereIsNoneBeforeTheDatabaseWasAsked() {
        CommandKeys keys = new CommandKeys(database.database());

        assertThatThrownBy(() -> keys.of(ATEOM)).isInstanceOf(IllegalStateException.class);
    }
}
