package dev.dormouse;

import picocli.CommandLine.IVersionProvider;

/** The one version of all roles. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {dev.dormouse.cli.Version.of("dormouse")};
    }
}
