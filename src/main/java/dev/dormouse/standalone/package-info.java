/**
 * Dormouse without a cluster: the embedded database, manifests from files, ateom as a child process.
 * What a cluster's API server, operator and Pods do otherwise.
 */
@NullMarked
package dev.dormouse.standalone;

import org.jspecify.annotations.NullMarked;
