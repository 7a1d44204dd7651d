/** ActorTemplate: the custom resource, its golden snapshot, and the Catalog of all that is declared. */
@NullMarked
package dev.dormouse.template;

import org.jspecify.annotations.NullMarked;
