/** The web page that shows workers and actors live. */
@NullMarked
package dev.dormouse.console;

import org.jspecify.annotations.NullMarked;
