package dev.dormouse.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1/actors", "/a..b/.c/d./...", "/a%20b/%C3%A4", "/v1/watch?x=/../&y=%2F%2e", "*"})
    void namesAreTakenAsTheyAre(String uri) {
        assertThat(RequestTarget.objection(uri)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/..", "/.", "/a/../b", "/a/./b", "/a/%2e%2E", "/a/.%2e/b", "/%2e?x", "http://host/a/.."})
    void dotSegmentsAreRefused(String uri) {
        assertThat(RequestTarget.objection(uri)).hasValue("The path holds '.' or '..' for a name.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%2fb", "/a%2F..%2Fb", "/a%5cb", "/%2e%2e%5Cx"})
    void separatorsWithinANameAreRefused(String uri) {
        assertThat(RequestTarget.objection(uri)).hasValue("The path holds a '/' or '\\' within a name.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/%zz", "/a%2", "/a?b=%", "/a|b", "/a\\b"})
    void whatIsNoUriIsRefused(String uri) {
        assertThat(RequestTarget.objection(uri))
                .hasValueSatisfying(sentence -> assertThat(sentence).startsWith("The path is not valid at character "));
    }
}
