package dev.dormouse.router;

/**
 * What a request asks for.
 *
 * @param authority as the client wrote it
 * @param uri path and query
 */
record Target(ActorAddress address, String authority, String uri) {}
