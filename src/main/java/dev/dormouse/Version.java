package dev.dormouse;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Dormouse.class.getPackage().getImplementationVersion();
        return new String[] {"dormouse " + (version == null ? "(built from source)" : version)};
    }
}
