package dev.dormouse.ateom;

import io.quarkus.arc.Arc;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;

/** The main of the worker agent: when told to end it first lets the control plane take its actors away. */
public final class AteomApplication implements QuarkusApplication {

    @Override
    public int run(String... args) {
        Quarkus.waitForExit();
        // the gRPC port is still open here, so snapshots can be taken meanwhile
        Arc.container().instance(AteomProcess.class).get().drain();
        return 0;
    }
}
