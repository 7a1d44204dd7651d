package dev.dormouse.ateom;

import dev.dormouse.ateom.wire.ActorIdentity;
import dev.dormouse.ateom.wire.WorkerRegistry;

/** What this ateom asks of the control plane. */
record ControlPlane(WorkerRegistry registry, ActorIdentity identity) {}
