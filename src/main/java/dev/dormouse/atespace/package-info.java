/** Tenant boundaries: creating, listing and deleting them. */
@NullMarked
package dev.dormouse.atespace;

import org.jspecify.annotations.NullMarked;
