package dev.dormouse.platform;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;

/** Says in the API's description that every operation answers a failure with a problem. */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public final class ProblemResponses implements OASFilter {

    private static final String NAME = "Problem";

    @Override
    public Operation filterOperation(Operation operation) {
        var content = OASFactory.createContent()
                .addMediaType(
                        Problem.MEDIA_TYPE,
                        OASFactory.createMediaType()
                                .schema(OASFactory.createSchema().ref(NAME)));
        operation
                .getResponses()
                .setDefaultValue(OASFactory.createAPIResponse()
                        .description("What went wrong and what to do.")
                        .content(content));
        return operation;
    }

    @Override
    public void filterOpenAPI(OpenAPI api) {
        if (api.getComponents() == null) {
            api.setComponents(OASFactory.createComponents());
        }
        api.getComponents().addSchema(NAME, problem());
    }

    private static Schema problem() {
        var codes = OASFactory.createSchema().type(List.of(Schema.SchemaType.STRING));
        for (Code code : Code.values()) {
            codes.addEnumeration(code.name());
        }
        return OASFactory.createSchema()
                .description("RFC 9457, with our code.")
                .type(List.of(Schema.SchemaType.OBJECT))
                .addProperty("type", text("about:blank"))
                .addProperty("title", text("Not Found"))
                .addProperty(
                        "status",
                        OASFactory.createSchema()
                                .type(List.of(Schema.SchemaType.INTEGER))
                                .addExample(404))
                .addProperty("detail", text("Actor my-counter not found"))
                .addProperty("code", codes);
    }

    private static Schema text(String example) {
        return OASFactory.createSchema().type(List.of(Schema.SchemaType.STRING)).addExample(example);
    }
}
