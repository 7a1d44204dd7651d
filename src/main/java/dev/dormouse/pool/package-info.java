/**
 * WorkerPool, the custom resource that asks for workers: its spec, its status and the rules it is held to.
 * Who makes workers of it lives elsewhere.
 */
@NullMarked
package dev.dormouse.pool;

import org.jspecify.annotations.NullMarked;
