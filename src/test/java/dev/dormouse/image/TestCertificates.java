package dev.dormouse.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A CA of its own and a certificate for localhost that it signed, made by openssl.
 *
 * @param key of the certificate, PEM
 */
record TestCertificates(Path ca, Path certificate, Path key) {

    static TestCertificates in(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path ca = directory.resolve("ca.pem");
        Path caKey = directory.resolve("ca.key");
        Path certificate = directory.resolve("server.pem");
        Path key = directory.resolve("server.key");
        Path names = Files.writeString(directory.resolve("names"), "subjectAltName=DNS:localhost\n");
        Path request = directory.resolve("server.csr");
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=dormouse-test-ca -keyout %s -out %s", caKey, ca);
        openssl("req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout %s -out %s", key, request);
        openssl(
                "x509 -req -days 2 -in %s -CA %s -CAkey %s -CAcreateserial -extfile %s -out %s",
                request, ca, caKey, names, certificate);
        return new TestCertificates(ca, certificate, key);
    }

    private static void openssl(String arguments, Object... files) throws IOException, InterruptedException {
        TestCommand.run(("openssl " + arguments.formatted(files)).split(" "));
    }
}
