/**
 * ActorTemplate, the custom resource that actors are made of: its spec, its status and the rules it is held to.
 * The Catalog gives all that is declared, wherever it was; the golden snapshot is taken in {@code golden}.
 */
@NullMarked
package dev.dormouse.template;

import org.jspecify.annotations.NullMarked;
