package dev.dormouse.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands and gives them the root, where terminal and common options are. */
final class CommandFactory implements IFactory {

    private final KubectlAte root;

    CommandFactory(KubectlAte root) {
        this.root = root;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        for (var constructor : type.getDeclaredConstructors()) {
            var parameters = constructor.getParameterTypes();
            if (parameters.length == 1 && parameters[0] == KubectlAte.class) {
                return type.cast(constructor.newInstance(root));
            }
        }
        return CommandLine.defaultFactory().create(type);
    }
}
