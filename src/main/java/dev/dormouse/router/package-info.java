/** HTTP traffic for actors: host names, routes, proxying, parking. The only place that knows the proxy library. */
@NullMarked
package dev.dormouse.router;

import org.jspecify.annotations.NullMarked;
