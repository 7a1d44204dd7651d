/**
 * The control plane's view of workers: what heartbeats and the database say of each, who holds it, and the client of ateom.
 * Decides nothing; tells the workflows when a worker is lost, freed or at odds with the record.
 */
@NullMarked
package dev.dormouse.worker;

import org.jspecify.annotations.NullMarked;
