/**
 * Reads what an actor printed as one stream over all its activations, from the store and from the nodes that it ran on, and follows
 * it through sleep and wake. Changes nothing.
 */
@NullMarked
package dev.dormouse.tail;

import org.jspecify.annotations.NullMarked;
