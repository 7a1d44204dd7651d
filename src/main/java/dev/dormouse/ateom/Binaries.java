package dev.dormouse.ateom;

import dev.dormouse.asset.AssetException;
import dev.dormouse.asset.Assets;
import dev.dormouse.ateom.wire.Failure;
import dev.dormouse.ateom.wire.RunscAsset;
import dev.dormouse.ateom.wire.Workload;
import dev.dormouse.sandbox.SandboxException;
import dev.dormouse.sandbox.SandboxRuntime;
import dev.dormouse.sandbox.SandboxRuntime.Binary;
import dev.dormouse.sandbox.SandboxRuntime.Build;
import org.jspecify.annotations.Nullable;

/** Which sandbox binary a workload runs in: its template's, where this node fetches those, else the node's own. */
final class Binaries {

    private final SandboxRuntime runtime;
    private final @Nullable Assets assets;

    /** @param assets null: the node's own for all, as on a laptop that a manifest of a cluster was brought to */
    Binaries(SandboxRuntime runtime, @Nullable Assets assets) {
        this.runtime = runtime;
        this.assets = assets;
    }

    /** Null for the node's own. Blocks, long when the node doesn't have it yet. */
    @Nullable
    Binary of(Workload workload) throws CommandFailure {
        if (assets == null || !workload.hasRunsc()) {
            return null;
        }
        RunscAsset asset = workload.getRunsc();
        try {
            return new Binary(assets.fetch(asset.getUrl(), asset.getSha256()), asset.getSha256());
        } catch (AssetException e) {
            throw new CommandFailure(Failure.Reason.SANDBOX, "the template's runsc: " + e.getMessage(), e);
        }
    }

    /** Blocks as {@link #of}. */
    Build build(Workload workload) throws CommandFailure {
        try {
            return runtime.build(of(workload));
        } catch (SandboxException e) {
            throw CommandFailure.of(e);
        }
    }
}
