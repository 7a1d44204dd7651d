/**
 * Binaries that sandboxes are made with, by URL and checksum: brought to the node once, and checked.
 */
@NullMarked
package dev.dormouse.asset;

import org.jspecify.annotations.NullMarked;
