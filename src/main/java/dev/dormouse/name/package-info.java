/**
 * Names that were checked: what passed through these types may become a path, a host label or a key.
 * Depends on nothing.
 */
@NullMarked
package dev.dormouse.name;

import org.jspecify.annotations.NullMarked;
