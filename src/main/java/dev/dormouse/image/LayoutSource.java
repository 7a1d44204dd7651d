package dev.dormouse.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import land.oras.Index;
import land.oras.ManifestDescriptor;
import land.oras.utils.Const;

/** An OCI image layout. */
abstract class LayoutSource implements ImageSource {

    /** Documents are small; a larger one is not what it says. */
    static final int DOCUMENT_LIMIT = 4 << 20;

    static final String INDEX = "index.json";

    abstract InputStream indexJson() throws IOException;

    abstract InputStream blob(String digest) throws IOException;

    @Override
    public InputStream blob(String digest, long size) throws IOException {
        return blob(digest);
    }

    @Override
    public byte[] manifest(ImageReference reference) throws IOException {
        if (reference.digest() != null) {
            return read(blob(reference.digest()));
        }
        byte[] index = read(indexJson());
        String tag = reference.tag();
        if (tag == null) {
            return index;
        }
        List<ManifestDescriptor> tagged =
                Index.fromJson(new String(index, StandardCharsets.UTF_8)).getManifests().stream()
                        .filter(each -> each.getAnnotations() != null
                                && tag.equals(each.getAnnotations().get(Const.ANNOTATION_REF)))
                        .toList();
        if (tagged.isEmpty()) {
            throw new NoSuchFileException(tag, null, "no image of this tag in the layout");
        }
        return read(blob(tagged.getFirst().getDigest()));
    }

    static byte[] read(InputStream stream) throws IOException {
        try (stream) {
            byte[] bytes = stream.readNBytes(DOCUMENT_LIMIT + 1);
            if (bytes.length > DOCUMENT_LIMIT) {
                throw new IOException("a manifest of more than " + DOCUMENT_LIMIT + " bytes");
            }
            return bytes;
        }
    }
}
