package dev.dormouse.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dormouse.standalone.ManifestDocument.Place;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Turns YAML into JSON documents that know where each field stands. Bounded: size, depth, aliases and the nodes they expand to.
 * Scalars are what JSON and YAML 1.2 agree on, so {@code on}, {@code 012} and dates are text. A field without a value is absent, as
 * it is for an API server.
 */
final class ManifestYaml {

    /** The largest input, in bytes. */
    static final int MAX_BYTES = 1 << 20;

    private static final int MAX_DEPTH = 50;
    private static final int MAX_ALIASES = 50;
    private static final int MAX_NODES = 100_000;
    private static final int MAX_NUMBER_LENGTH = 30;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final List<ManifestDocument> documents = new ArrayList<>();
    private final List<ManifestError> errors = new ArrayList<>();
    private Map<String, Place> places = new HashMap<>();
    private int number;
    private int nodes;

    private ManifestYaml() {}

    /** The documents that hold something. */
    static List<ManifestDocument> parse(byte[] yaml) throws ManifestException {
        ManifestYaml parsing = new ManifestYaml();
        parsing.compose(parsing.text(yaml));
        if (!parsing.errors.isEmpty()) {
            throw new ManifestException(parsing.errors);
        }
        return parsing.documents;
    }

    private String text(byte[] yaml) throws ManifestException {
        if (yaml.length > MAX_BYTES) {
            throw refused("The manifests are larger than %d bytes".formatted(MAX_BYTES));
        }
        try {
            // reports malformed input, where a String's constructor would replace it
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(yaml))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refused("The manifests are not UTF-8");
        }
    }

    private static ManifestException refused(String message) {
        return new ManifestException(List.of(new ManifestError(1, 0, 0, "", message)));
    }

    private void compose(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        try {
            Composer composer =
                    new Composer(new ParserImpl(new StreamReader(text), options), new PlainScalars(), options);
            number = 1;
            for (; composer.checkNode(); number++) {
                document(composer.getNode());
            }
        } catch (MarkedYAMLException e) {
            errors.add(error(e.getProblemMark(), "", "Not YAML: " + problem(e)));
        } catch (ReaderException e) {
            errors.add(error(null, "", "Not YAML: the character U+%04X is not allowed".formatted(e.getCodePoint())));
        } catch (YAMLException e) {
            errors.add(error(null, "", "Not YAML: " + e.getMessage()));
        }
    }

    /** An unquoted value that begins with '*' is taken for an alias: it may be a password, and the problem would quote it. */
    private static String problem(MarkedYAMLException e) {
        return e.getProblem() != null && e.getProblem().startsWith("found undefined alias")
                ? "found an alias of nothing; put a value that begins with '*' in quotes"
                : e.getProblem();
    }

    private void document(Node root) {
        places = new HashMap<>();
        int before = errors.size();
        JsonNode content = convert(root, "", 0);
        if (errors.size() > before || content == null) {
            return;
        }
        if (content instanceof ObjectNode object) {
            documents.add(new ManifestDocument(number, object, places));
        } else {
            errors.add(error(root.getStartMark(), "", "Must be an object with apiVersion, kind and metadata"));
        }
    }

    /** @return null for no value, and where an error was added */
    private @Nullable JsonNode convert(Node node, String path, int depth) {
        places.putIfAbsent(path, place(node.getStartMark()));
        if (++nodes > MAX_NODES || depth > MAX_DEPTH) {
            // an alias may stand inside of what it names, or multiply it
            throw new YAMLException("it is too deep or has more than %d values".formatted(MAX_NODES));
        }
        return switch (node) {
            case MappingNode mapping -> object(mapping, path, depth);
            case SequenceNode sequence -> array(sequence, path, depth);
            case ScalarNode scalar -> scalar(scalar, path);
            default -> throw new IllegalStateException("a composed node is one of three: " + node.getNodeId());
        };
    }

    private ObjectNode object(MappingNode mapping, String path, int depth) {
        ObjectNode object = JSON.objectNode();
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                errors.add(error(entry.getKeyNode().getStartMark(), path, "A key must be plain text"));
                continue;
            }
            String field = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
            if (places.put(field, place(key.getStartMark())) != null && object.has(key.getValue())) {
                errors.add(error(key.getStartMark(), field, "Duplicate field"));
                continue;
            }
            JsonNode value = convert(entry.getValueNode(), field, depth + 1);
            if (value != null) {
                object.set(key.getValue(), value);
            }
        }
        return object;
    }

    private ArrayNode array(SequenceNode sequence, String path, int depth) {
        ArrayNode array = JSON.arrayNode();
        for (int i = 0; i < sequence.getValue().size(); i++) {
            Node item = sequence.getValue().get(i);
            String field = path + "[" + i + "]";
            int before = errors.size();
            JsonNode value = convert(item, field, depth + 1);
            if (value != null) {
                array.add(value);
            } else if (errors.size() == before) {
                errors.add(error(item.getStartMark(), field, "A list can't hold an empty item"));
            }
        }
        return array;
    }

    private @Nullable JsonNode scalar(ScalarNode node, String path) {
        String value = node.getValue();
        Tag tag = node.getTag();
        if (tag.equals(Tag.STR)) {
            return JSON.textNode(value);
        }
        if (tag.equals(Tag.NULL)) {
            return null;
        }
        if (tag.equals(Tag.BOOL)) {
            return JSON.booleanNode(Boolean.parseBoolean(value));
        }
        if ((tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) && value.length() <= MAX_NUMBER_LENGTH) {
            return number(value);
        }
        errors.add(error(node.getStartMark(), path, "Must be plain text, a number or true or false"));
        return null;
    }

    private static JsonNode number(String value) {
        if (PlainScalars.WHOLE.matcher(value).matches()) {
            BigInteger whole = new BigInteger(value);
            return whole.bitLength() < Long.SIZE ? JSON.numberNode(whole.longValue()) : JSON.numberNode(whole);
        }
        // explicit tags put anything here
        return PlainScalars.FRACTION.matcher(value).matches()
                ? JSON.numberNode(new BigDecimal(value))
                : JSON.textNode(value);
    }

    private ManifestError error(@Nullable Mark mark, String field, String message) {
        Place place = mark == null ? new Place(0, 0) : place(mark);
        return new ManifestError(Math.max(number, 1), place.line(), place.column(), field, message);
    }

    private static Place place(Mark mark) {
        return new Place(mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** What a plain scalar means. */
    private static final class PlainScalars extends Resolver {

        static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
        static final Pattern FRACTION = Pattern.compile("[-+]?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]{1,3})?");
        private static final Pattern TRUTH = Pattern.compile("true|True|TRUE|false|False|FALSE");
        private static final Pattern NOTHING = Pattern.compile("~|null|Null|NULL");

        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.BOOL, TRUTH, "tTfF", 5);
            addImplicitResolver(Tag.INT, WHOLE, "-+0123456789", MAX_NUMBER_LENGTH);
            addImplicitResolver(Tag.FLOAT, FRACTION, "-+0123456789", MAX_NUMBER_LENGTH);
            addImplicitResolver(Tag.NULL, EMPTY, null);
            addImplicitResolver(Tag.NULL, NOTHING, "~nN\0", 4);
        }
    }
}
