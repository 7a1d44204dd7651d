package dev.dormouse.ateapi;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.dormouse.platform.ApiEra;
import dev.dormouse.platform.Code;
import dev.dormouse.platform.Failure;

/**
 * A request as it came. Its first field tells of its era: v0.0.6 has a bare name of an actor there and v0.0.8 one of an atespace, where
 * those after them have a message. A name begins with a letter or digit, such a message with the tag of its first or second field.
 */
final class Request {

    private static final int NAME = 1;
    private static final byte TAG_OF_FIRST = 0x0a;
    private static final byte TAG_OF_SECOND = 0x12;

    private final UnknownFieldSet fields;
    private final ByteString first;

    private Request(UnknownFieldSet fields) {
        this.fields = fields;
        this.first = firstOf(fields);
    }

    /** Fails INVALID_ARGUMENT. */
    static Request of(byte[] bytes) {
        return new Request(parsed(UnknownFieldSet::parseFrom, bytes));
    }

    /** True when the first field holds a name itself; false for a message and when it is empty. */
    boolean startsWithName() {
        return !first.isEmpty() && !isMessage(first);
    }

    /** True when the first field is a message that begins with a message: a resource with its metadata. */
    boolean startsWithMetadata() {
        return isMessage(first) && isMessage(firstOf(parsed(UnknownFieldSet::parseFrom, first)));
    }

    /** True when there is anything but the first field. */
    boolean hasMore() {
        return fields.asMap().keySet().stream().anyMatch(number -> number != NAME);
    }

    /** The same request with another first field. */
    Request startingWith(ByteString other) {
        return new Request(UnknownFieldSet.newBuilder(fields)
                .clearField(NAME)
                .addField(
                        NAME,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(other)
                                .build())
                .build());
    }

    ByteString first() {
        return first;
    }

    /** Fails INVALID_ARGUMENT. */
    <T> T as(Parsing<ByteString, T> parser) {
        return parsed(parser, fields.toByteString());
    }

    /** Fails FAILED_PRECONDITION: what the server answers would be misread by who asks like that. */
    static Failure ofAnotherEra(ApiEra request, ApiEra answers) {
        return new Failure(
                Code.FAILED_PRECONDITION,
                "the request is one of %s, and this server answers in %s; set dormouse.api.era to that of its clients"
                        .formatted(request, answers));
    }

    /** What reads a message. */
    interface Parsing<F, T> {
        T parse(F from) throws InvalidProtocolBufferException;
    }

    private static <F, T> T parsed(Parsing<F, T> parser, F from) {
        try {
            return parser.parse(from);
        } catch (InvalidProtocolBufferException e) {
            throw new Failure(Code.INVALID_ARGUMENT, "the request is no message of this method", null, e);
        }
    }

    /** Pieces of one message, if there are several, are that message one after the other. */
    private static ByteString firstOf(UnknownFieldSet fields) {
        return ByteString.copyFrom(fields.getField(NAME).getLengthDelimitedList());
    }

    private static boolean isMessage(ByteString field) {
        return !field.isEmpty() && (field.byteAt(0) == TAG_OF_FIRST || field.byteAt(0) == TAG_OF_SECOND);
    }
}
