/**
 * kubectl-ate: one class per command, a client of the API that knows nothing but its JSON. Starts without Quarkus.
 * Tables, formats and exit codes are for people and scripts alike.
 */
@NullMarked
package dev.dormouse.cli;

import org.jspecify.annotations.NullMarked;
