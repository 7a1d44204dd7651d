package dev.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code apply}: brings manifests to a standalone control plane. */
@Command(
        name = "apply",
        description = "Creates or changes what manifests declare; all documents or none.",
        sortOptions = false,
        footer = {"%nExamples:", "  kubectl-ate apply -f counter.yaml", "  cat counter.yaml | kubectl-ate apply -f -"})
final class ApplyCommand implements Runnable {

    private static final Kind DECLARED = Kind.declared();

    private final KubectlAte root;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE|DIR|-",
            required = true,
            description =
                    "YAML of one or many documents, a directory of *.yaml, *.yml and *.json, or '-' for standard input.")
    private List<String> sources = List.of();

    ApplyCommand(KubectlAte root) {
        this.root = root;
    }

    @Override
    public void run() {
        var manifests = new ByteArrayOutputStream();
        for (String source : sources) {
            if (source.equals("-")) {
                append(manifests, root.terminal().in());
            } else {
                files(Path.of(source)).forEach(file -> append(manifests, file));
            }
        }
        var applied = root.api().put(Request.to("v1", "manifests"), "application/yaml", manifests.toByteArray());
        Format format = root.common().format();
        if (format == null) {
            PrintWriter out = root.terminal().out();
            applied.forEach(object -> out.println(DECLARED.reference(object) + " "
                    + OneLine.of(object.path("result").asText())));
            return;
        }
        try (Listing listing =
                new Listing(DECLARED, format, true, true, root.terminal().out())) {
            var objects = new ArrayList<JsonNode>();
            applied.forEach(objects::add);
            listing.page(objects);
        }
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> entries = Files.list(path)) {
            var files = entries.filter(ApplyCommand::isManifest).sorted().toList();
            if (files.isEmpty()) {
                throw new CommandFailed("no *.yaml, *.yml or *.json in " + path);
            }
            return files;
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static boolean isManifest(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file) && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }

    private static void append(ByteArrayOutputStream manifests, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            append(manifests, in);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static void append(ByteArrayOutputStream manifests, InputStream in) {
        try {
            if (manifests.size() > 0) {
                manifests.writeBytes("\n---\n".getBytes(StandardCharsets.UTF_8));
            }
            in.transferTo(manifests);
        } catch (IOException e) {
            throw new CommandFailed("standard input can't be read: " + e.getMessage());
        }
    }

    private static CommandFailed unreadable(Path path, IOException e) {
        return new CommandFailed(
                e instanceof NoSuchFileException
                        ? "there is no file " + path
                        : path + " can't be read: " + e.getMessage());
    }
}
