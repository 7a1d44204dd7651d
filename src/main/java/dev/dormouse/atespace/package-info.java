/**
 * Atespaces, the tenants' boundaries: creating, listing and deleting them.
 * {@code default} always is; {@code ate-golden} is reserved.
 */
@NullMarked
package dev.dormouse.atespace;

import org.jspecify.annotations.NullMarked;
