package dev.dormouse.standalone;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ManifestResourceTest {

    @Test
    void manifestsAreAppliedShownAndDeleted() {
        String yaml = CatalogFixture.pool("rest", 2) + "---\n" + CatalogFixture.secret("hunter2");

        given().body(yaml.getBytes(UTF_8))
                .contentType("application/yaml")
                .when()
                .put("/v1/manifests")
                .then()
                .statusCode(200)
                .body("[0].kind", equalTo("WorkerPool"))
                .body("[0].namespace", equalTo("demo"))
                .body("[0].name", equalTo("rest"))
                .body("[0].result", equalTo("created"))
                .body("[1].result", equalTo("created"));
        when().get("/v1/workerpools")
                .then()
                .statusCode(200)
                .body("kind", equalTo("WorkerPoolList"))
                .body("items.metadata.name", hasItem("rest"));
        when().get("/v1/workerpools/demo/rest")
                .then()
                .statusCode(200)
                .body("apiVersion", equalTo("ate.dev/v1alpha1"))
                .body("kind", equalTo("WorkerPool"))
                .body("spec.replicas", equalTo(2))
                .body("metadata.labels.a", equalTo("y"))
                .body(not(containsString("null")))
                .body(not(containsString("hunter2")));
        when().delete("/v1/workerpools/demo/rest").then().statusCode(200).body("result", equalTo("deleted"));
        when().get("/v1/workerpools/demo/rest").then().statusCode(404).body("code", equalTo("NOT_FOUND"));
        when().delete("/v1/manifests/WorkerPool/demo/rest").then().statusCode(404);
    }

    @Test
    void aBadDocumentIsAProblemThatNamesIt() {
        String bad = CatalogFixture.pool("bad", 1) + "---\n"
                + CatalogFixture.pool("worse", 1).replace("replicas", "replica");

        given().body(bad.getBytes(UTF_8))
                .contentType("application/yaml")
                .when()
                .put("/v1/manifests")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", equalTo("INVALID_ARGUMENT"))
                .body("detail", startsWith("document 2, line 9, column 8: spec.replica: Unknown field"));
        when().get("/v1/workerpools/demo/bad").then().statusCode(404);
    }

    @Test
    void anImmutableSpecIsAProblemToo() {
        given().body(CatalogFixture.template("fixed", "app"))
                .put("/v1/manifests")
                .then()
                .statusCode(200);

        given().body(CatalogFixture.template("fixed", "other"))
                .put("/v1/manifests")
                .then()
                .statusCode(400)
                .body("detail", equalTo("document 1, line 4, column 1: spec: Spec is immutable"));
        when().get("/v1/actortemplates/demo/fixed")
                .then()
                .statusCode(200)
                .body("spec.containers[0].image", equalTo("app@sha256:00"));
        when().delete("/v1/actortemplates/demo/fixed").then().statusCode(200);
    }

    @Test
    void bodiesThatAreNoManifestsAreRefused() {
        given().body(new byte[] {'a', ':', ' ', (byte) 0xff})
                .contentType("application/octet-stream")
                .put("/v1/manifests")
                .then()
                .statusCode(400)
                .body("detail", containsString("not UTF-8"));
        given().body(new byte[(1 << 20) + 1])
                .contentType("application/yaml")
                .put("/v1/manifests")
                .then()
                .statusCode(400)
                .body("detail", containsString("larger than"));
        when().put("/v1/manifests").then().statusCode(200).body("size()", equalTo(0));
        when().delete("/v1/manifests/Deployment/demo/x").then().statusCode(400);
        when().get("/v1/actortemplates/demo/UPPER").then().statusCode(400);
        when().get("/v1/secrets/demo/keys").then().statusCode(404);
    }
}
