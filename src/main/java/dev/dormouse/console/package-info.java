/**
 * The web page that shows workers as a floor and actors moving on and off them, live.
 * Rendered on the server; reads what the API reads and changes nothing.
 */
@NullMarked
package dev.dormouse.console;

import org.jspecify.annotations.NullMarked;
