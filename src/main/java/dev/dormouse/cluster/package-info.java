/**
 * Dormouse in a cluster: the catalog of its custom resources, who leads, and the operator that makes Pods of pools.
 * What manifests, the embedded database and the child process are to a standalone server.
 */
@NullMarked
package dev.dormouse.cluster;

import org.jspecify.annotations.NullMarked;
