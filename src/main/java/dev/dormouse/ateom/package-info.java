/** The worker agent: slots, activations, checkpoints, heartbeats and the actors' metadata service. */
@NullMarked
package dev.dormouse.ateom;

import org.jspecify.annotations.NullMarked;
