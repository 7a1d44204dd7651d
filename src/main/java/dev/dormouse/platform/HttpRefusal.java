package dev.dormouse.platform;

/** What is said when HTTP itself refuses a request, before any resource sees it. */
final class HttpRefusal {

    private HttpRefusal() {}

    /** @param status 400 to 499 */
    static Problem problem(int status) {
        return switch (status) {
            case 401 -> Problem.of(Code.UNAUTHENTICATED, "Say who you are.", status);
            case 403 -> Problem.of(Code.PERMISSION_DENIED, "This is not allowed.", status);
            case 404 ->
                Problem.of(Code.NOT_FOUND, "There is nothing at this path; /q/openapi lists what there is.", status);
            case 405 -> Problem.of(Code.UNIMPLEMENTED, "This path does not take this method.", status);
            case 406 ->
                Problem.of(Code.INVALID_ARGUMENT, "This path does not answer in a media type that you accept.", status);
            case 413 -> Problem.of(Code.INVALID_ARGUMENT, "The body is larger than the server takes.", status);
            case 414 -> Problem.of(Code.INVALID_ARGUMENT, "The URI is longer than the server takes.", status);
            case 415 ->
                Problem.of(
                        Code.INVALID_ARGUMENT,
                        "This path does not take this media type; send application/json.",
                        status);
            default -> Problem.of(Code.INVALID_ARGUMENT, "The request can't be understood.", status);
        };
    }
}
