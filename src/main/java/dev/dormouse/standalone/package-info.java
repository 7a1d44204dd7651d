/** Dormouse without a cluster: embedded database, manifests from files, ateom as a child process. */
@NullMarked
package dev.dormouse.standalone;

import org.jspecify.annotations.NullMarked;
