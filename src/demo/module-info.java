/** The demo actor. */
module dev.dormouse.demo {
    requires jdk.httpserver;
}
