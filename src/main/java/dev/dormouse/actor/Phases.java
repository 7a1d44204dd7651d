package dev.dormouse.actor;

/**
 * How long each phase of a transition took, in microseconds; 0 where it had no such phase.
 *
 * @param claim from the wish to the claim's commit, waiting included
 * @param prepare fetching, verifying and placing files; creating the sandbox if none stood ready
 * @param restore the sandbox runtime's restore, or boot
 * @param ready from started to the first ready probe that passed
 * @param checkpoint how long the actor stood still
 * @param store checksums, manifest, upload
 * @param total from the wish to the end
 */
public record Phases(long claim, long prepare, long restore, long ready, long checkpoint, long store, long total) {}
