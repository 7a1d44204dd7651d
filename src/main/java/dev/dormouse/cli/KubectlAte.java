package dev.dormouse.cli;

import dev.dormouse.name.ActorId;
import dev.dormouse.name.AtespaceName;
import dev.dormouse.name.InvalidNameException;
import dev.dormouse.name.PoolRef;
import dev.dormouse.name.TemplateRef;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code kubectl-ate}: sees and steers actors and workers through the API. Starts no server. */
@Command(
        name = "kubectl-ate",
        description = "Sees and steers actors and workers of a Dormouse control plane.",
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = {
            GetCommand.class,
            CreateCommand.class,
            SetCommand.class,
            DeleteCommand.class,
            TransitionCommand.Resume.class,
            TransitionCommand.Suspend.class,
            TransitionCommand.Pause.class,
            ForkCommand.class,
            EventsCommand.class,
            LogsCommand.class,
            WhyCommand.class,
            TopCommand.class,
            ApplyCommand.class,
            CompletionCommand.class
        },
        footer = {
            "%nExamples:",
            "  kubectl-ate create actor my-counter -t demo/counter",
            "  kubectl-ate get actors -A -o wide",
            "  kubectl-ate suspend actor my-counter",
            "  kubectl-ate get actors -o name | xargs kubectl-ate delete",
            "  kubectl-ate why actor my-counter",
            "  kubectl-ate apply -f counter.yaml",
            "%nExit codes: 0 done, 1 failed, 2 wrong usage."
        })
public final class KubectlAte implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private CommonOptions common;

    private final Terminal terminal;

    KubectlAte(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * Runs one command.
     *
     * @return the exit code: 0 done, 1 failed, 2 wrong usage
     */
    public static int run(String... args) {
        return run(Terminal.ofProcess(), args);
    }

    static int run(Terminal terminal, String... args) {
        int exitCode = commandLine(terminal).execute(args);
        terminal.out().flush();
        terminal.err().flush();
        return exitCode;
    }

    /** All commands, for whoever describes them. */
    public static CommandLine commandLine() {
        return commandLine(Terminal.ofProcess());
    }

    private static CommandLine commandLine(Terminal terminal) {
        var root = new KubectlAte(terminal);
        var commands = new CommandLine(root, new CommandFactory(root));
        commands.getSubcommands().values().stream()
                .filter(verb -> verb.getCommand() instanceof VerbCommand)
                .forEach(verb -> verb.getCommandSpec().preprocessor(new KindFirst()));
        return commands.setOut(terminal.out())
                .setErr(terminal.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(ActorId.class, checked("actors?/", ActorId::new))
                .registerConverter(AtespaceName.class, checked("atespaces?/", AtespaceName::new))
                .registerConverter(TemplateRef.class, checked("templates?/(?=.+/)", KubectlAte::templateRef))
                .registerConverter(PoolRef.class, checked("pools?/(?=.+/)", KubectlAte::poolRef))
                .setParameterExceptionHandler((e, in) -> wrongUsage(terminal, e))
                .setExecutionExceptionHandler((e, command, parsed) -> failed(terminal, e));
    }

    Terminal terminal() {
        return terminal;
    }

    CommonOptions common() {
        return common;
    }

    Api api() {
        var environment = terminal.environment();
        return new Api(common.endpoint(environment), common.ca(environment), common.token(environment));
    }

    /** An actor of the atespace that the user named. */
    Request actor(ActorId id) {
        return Request.to("v1", "atespaces", common.atespace().value(), "actors", id.value());
    }

    /** Without a command: the usage, as wrong usage. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static TemplateRef templateRef(String text) {
        int slash = slash(text);
        return new TemplateRef(text.substring(0, slash), text.substring(slash + 1));
    }

    private static PoolRef poolRef(String text) {
        int slash = slash(text);
        return new PoolRef(text.substring(0, slash), text.substring(slash + 1));
    }

    private static int slash(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new TypeConversionException("'" + OneLine.of(text) + "' is not NAMESPACE/NAME");
        }
        return slash;
    }

    /** @param kind what may stand in front of the name, as in what {@code -o name} prints */
    private static <T> ITypeConverter<T> checked(String kind, ITypeConverter<T> converter) {
        return text -> {
            try {
                return converter.convert(text.replaceFirst("^" + kind, ""));
            } catch (InvalidNameException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    private static int wrongUsage(Terminal terminal, ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        terminal.err().println("error: " + OneLine.of(e.getMessage()) + "; see '" + command + " --help'");
        return CommandLine.ExitCode.USAGE;
    }

    /** Tells a failure in one line; gives the exit code. */
    static int failed(Terminal terminal, Exception e) {
        // anything but CommandFailed is a bug of ours: its class helps whoever reports it
        String message = e instanceof CommandFailed ? e.getMessage() : e.toString();
        terminal.out().flush();
        terminal.err().println("error: " + OneLine.of(message));
        return CommandLine.ExitCode.SOFTWARE;
    }
}
