package dev.dormouse.ateom;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

    private final List<String> lines = new ArrayList<>();

    private void split(Secrets secrets, byte[] bytes, int chunk) {
        LineSplitter splitter = new LineSplitter(secrets, lines::add);
        for (int from = 0; from < bytes.length; from += chunk) {
            splitter.feed(ByteBuffer.wrap(bytes, from, Math.min(chunk, bytes.length - from)));
        }
        splitter.end();
    }

    private void split(String text, int chunk) {
        split(new Secrets(List.of()), text.getBytes(StandardCharsets.UTF_8), chunk);
    }

    @Test
    void linesEndAtLineFeedsOnlyHoweverTheyCome() {
        for (int chunk = 1; chunk < 12; chunk++) {
            lines.clear();
            split("one\r\n\ntwo\rthree – ünd\nlast", chunk);
            assertThat(lines).containsExactly("one\r", "", "two\rthree – ünd", "last");
        }
    }

    @Test
    void whatIsNoTextIsReplaced() {
        split(new Secrets(List.of()), new byte[] {'a', (byte) 0xff, 'b', (byte) 0xc3, '\n', 'c', '\n'}, 2);

        assertThat(lines).containsExactly("a\ufffdb\ufffd", "c");
    }

    @Test
    void aVeryLongLineComesInPiecesWithoutTearingCharacters() {
        String text = "😀€ü".repeat(20_000);

        split(text + "\nnext\n", 1000);

        assertThat(lines.getLast()).isEqualTo("next");
        assertThat(lines).hasSizeGreaterThan(5);
        assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThan(20_000));
        assertThat(String.join("", lines.subList(0, lines.size() - 1))).isEqualTo(text);
    }

    @Test
    void bytesThatContinueNothingDontGatherForEver() {
        byte[] garbage = new byte[100_000];
        java.util.Arrays.fill(garbage, (byte) 0x80);

        split(new Secrets(List.of()), garbage, 5000);

        assertThat(lines).hasSizeGreaterThan(4);
    }

    @Test
    void aSecretIsMaskedWhereverALongLineIsCut() {
        String secret = "s3cr3t-of-some-length";
        String text = (secret + "-").repeat(5_000);
        String padded = "x".repeat(7) + text;

        split(new Secrets(List.of(secret)), padded.getBytes(StandardCharsets.UTF_8), 777);

        String all = String.join("", lines);
        assertThat(lines).hasSizeGreaterThan(2);
        assertThat(all).doesNotContain("s3cr3t").doesNotContain("length");
        assertThat(all.replace("***", "").replace("-", "")).isEqualTo("x".repeat(7));
    }
}
