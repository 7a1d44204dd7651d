/** Programs, processes and files of this machine, as the sandboxes use them. */
@NullMarked
package dev.dormouse.sandbox.host;

import org.jspecify.annotations.NullMarked;
