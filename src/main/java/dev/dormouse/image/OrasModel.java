package dev.dormouse.image;

import io.quarkus.runtime.annotations.RegisterForReflection;
import land.oras.Annotations;
import land.oras.ArtifactType;
import land.oras.Config;
import land.oras.Descriptor;
import land.oras.Index;
import land.oras.Layer;
import land.oras.Manifest;
import land.oras.ManifestDescriptor;
import land.oras.OCILayout;
import land.oras.Platform;
import land.oras.Subject;

/** The documents that the ORAS SDK reads by reflection, for the native executable. */
@RegisterForReflection(
        targets = {
            Annotations.class,
            ArtifactType.class,
            Config.class,
            Descriptor.class,
            Index.class,
            Layer.class,
            Manifest.class,
            ManifestDescriptor.class,
            OCILayout.class,
            Platform.class,
            Subject.class
        })
final class OrasModel {

    private OrasModel() {}
}
