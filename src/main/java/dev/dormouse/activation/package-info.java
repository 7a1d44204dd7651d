/** The wake and sleep workflows: claim, activate, finish; fencing, recovery, idle and pressure suspends. */
@NullMarked
package dev.dormouse.activation;

import org.jspecify.annotations.NullMarked;
