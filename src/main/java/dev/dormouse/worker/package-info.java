/** The control plane's view of workers: registry, health, and the client of ateom. */
@NullMarked
package dev.dormouse.worker;

import org.jspecify.annotations.NullMarked;
