/**
 * Answers DNS questions for the actors' names with the router's addresses, for clusters whose own DNS server can only be told whom to
 * ask. What it takes to speak DNS serves nodes too, which answer their actors' questions.
 */
@NullMarked
package dev.dormouse.dns;

import org.jspecify.annotations.NullMarked;
