/** kubectl-ate: a client of the API, started without Quarkus. */
@NullMarked
package dev.dormouse.cli;

import org.jspecify.annotations.NullMarked;
