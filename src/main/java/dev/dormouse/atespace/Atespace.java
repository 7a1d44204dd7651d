package dev.dormouse.atespace;

import dev.dormouse.name.AtespaceName;
import java.time.Instant;
import java.util.UUID;

/** A tenant boundary. */
public record Atespace(AtespaceName name, UUID uid, Instant createdAt) {}
