/**
 * Atespaces, the tenants' boundaries: records, quotas and what was used.
 * {@code default} always is; {@code ate-golden} is reserved.
 */
@NullMarked
package dev.dormouse.atespace;

import org.jspecify.annotations.NullMarked;
