/** gVisor: runsc, its networks and its snapshots. */
@NullMarked
package dev.dormouse.sandbox.gvisor;

import org.jspecify.annotations.NullMarked;
