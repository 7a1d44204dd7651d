package dev.dormouse.worker;

import dev.dormouse.name.ActorKey;
import java.util.UUID;

/** One activation as a worker knows it. */
public record Stay(UUID worker, ActorKey actor, long generation) {}
