package dev.dormouse.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.dormouse.pool.WorkerPool;
import dev.dormouse.sandboxconfig.SandboxConfig;
import dev.dormouse.template.ActorTemplate;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CustomResourceInfo;
import io.fabric8.crdv2.generator.ResolvingContext;
import io.fabric8.crdv2.generator.v1.CustomResourceHandler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Makes the CRDs of the model's annotations. Run by the build with the directory to write them to as its argument. */
final class GenerateCrds {

    private static final List<Class<? extends HasMetadata>> KINDS =
            List.of(ActorTemplate.class, WorkerPool.class, SandboxConfig.class);
    private static final String HEADER = "# Made of the Java model by make crds: changes belong there.\n";

    private GenerateCrds() {}

    public static void main(String[] args) throws IOException {
        Path directory = Files.createDirectories(Path.of(args[0]));
        for (Map.Entry<String, String> file : files().entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
    }

    /** Each file's YAML by its name. */
    static Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (Class<? extends HasMetadata> kind : KINDS) {
            CustomResourceDefinition crd = generate(kind);
            files.put(crd.getSpec().getNames().getPlural() + ".yaml", HEADER + yaml(crd));
        }
        return files;
    }

    private static CustomResourceDefinition generate(Class<? extends HasMetadata> kind) {
        CustomResourceHandler generator = new CustomResourceHandler();
        generator.handle(CustomResourceInfo.fromClass(kind), ResolvingContext.defaultResolvingContext(false));
        CustomResourceDefinition crd = (CustomResourceDefinition)
                generator.finish().findFirst().orElseThrow().getKey();

        CustomResourceDefinitionVersion version = crd.getSpec().getVersions().getFirst();
        JSONSchemaProps schema = version.getSchema().getOpenAPIV3Schema();
        if (version.getSubresources() == null) {
            // of a kind without one the generator makes an empty object that anyone may set
            schema.getProperties().remove("status");
        }
        SchemaCompletion.complete(schema);
        sortColumns(version, kind);
        return crd;
    }

    /** The generator sorts columns by path; people read them in the order in which the class declares them. */
    private static void sortColumns(CustomResourceDefinitionVersion version, Class<? extends HasMetadata> kind) {
        List<String> declared = Stream.of(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        version.getAdditionalPrinterColumns()
                .sort(Comparator.comparingInt(column -> declared.indexOf(column.getName())));
    }

    private static String yaml(CustomResourceDefinition crd) throws IOException {
        JsonNode content = new ObjectMapper().readTree(new KubernetesSerialization().asJson(crd));
        return YAMLMapper.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .build()
                .writeValueAsString(content);
    }
}
