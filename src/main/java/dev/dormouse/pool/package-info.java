/** WorkerPool: the custom resource that asks for workers. */
@NullMarked
package dev.dormouse.pool;

import org.jspecify.annotations.NullMarked;
