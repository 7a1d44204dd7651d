/**
 * What actors print, at rest: lines, the segments they are kept in, and the records of where each segment is. Nodes use lines and
 * segments without the database.
 */
@NullMarked
package dev.dormouse.log;

import org.jspecify.annotations.NullMarked;
