/**
 * Who calls, and what they may do: credentials, permissions on virtual resources of the group {@code ate.dev}, and the audit. REST and
 * gRPC pass through one gate; who answers its questions, a cluster or the settings, is not known here.
 */
@NullMarked
package dev.dormouse.access;

import org.jspecify.annotations.NullMarked;
