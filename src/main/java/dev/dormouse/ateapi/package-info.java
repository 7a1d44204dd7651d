/**
 * {@code ateapi.Control} and {@code ateapi.SessionIdentity}, the gRPC API that existing clients of agent-substrate speak, in the shapes
 * of three of its eras.
 * An edge: reads requests, calls the use cases, writes answers; decides nothing.
 */
@NullMarked
package dev.dormouse.ateapi;

import org.jspecify.annotations.NullMarked;
