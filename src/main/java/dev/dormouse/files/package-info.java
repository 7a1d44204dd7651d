/** Files on a node: trees that names from outside can't leave, safe unpacking and packing, durability. Knows no feature. */
@NullMarked
package dev.dormouse.files;

import org.jspecify.annotations.NullMarked;
