package dev.assay.engine.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The commands by name. Only the one that is asked for is built, so that what the others stand on
 * is not loaded.
 */
final class Commands {
  private static final int HELP_WIDTH = 110;
  private static final Map<String, Function<Console, Object>> BY_NAME = byName();
  private static final Map<String, String> ALIASES = Map.of("summarize", "summary");

  private Commands() {}

  private static Map<String, Function<Console, Object>> byName() {
    Map<String, Function<Console, Object>> commands = new LinkedHashMap<>();
    commands.put("run", RunCommand::new);
    commands.put("check", CheckCommand::new);
    commands.put("query", QueryCommand::new);
    commands.put("summary", SummaryCommand::new);
    commands.put("report", ReportCommand::new);
    commands.put("importance", ImportanceCommand::new);
    commands.put("synergy", SynergyCommand::new);
    commands.put("diff", DiffCommand::new);
    commands.put("explain", ExplainCommand::new);
    commands.put("stats", StatsCommand::new);
    commands.put("verify", VerifyCommand::new);
    commands.put("compact", CompactCommand::new);
    commands.put("repair", RepairCommand::new);
    commands.put("jdbc-url", JdbcUrlCommand::new);
    commands.put("serve", ServeCommand::new);
    commands.put("doctor", DoctorCommand::new);
    commands.put("migrate", MigrateCommand::new);
    commands.put("watch", WatchCommand::new);
    commands.put("export", ExportCommand::new);
    commands.put("export-config", ExportConfigCommand::new);
    commands.put("restore", RestoreCommand::new);
    commands.put("delete", DeleteCommand::new);
    commands.put("signature", SignatureCommand::new);
    commands.put("guard", GuardCommand::line);
    return commands;
  }

  /**
   * Runs the command that {@code args} name; an error becomes a line on stderr and an exit code.
   */
  static int execute(String[] args, Console console) {
    CommandLine root = new CommandLine(new AssayCommand(console));
    String asked = args.length == 0 ? "" : ALIASES.getOrDefault(args[0], args[0]);
    BY_NAME.forEach(
        (name, command) -> {
          if (name.equals(asked) || !BY_NAME.containsKey(asked)) {
            root.addSubcommand(name, command.apply(console));
          }
        });
    boolean verbose = List.of(args).contains("--verbose");
    root.setUsageHelpWidth(HELP_WIDTH);
    root.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler((e, unused) -> misused(e, console))
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, console, verbose));
    CommandLine query = root.getSubcommands().get(asked);
    return root.execute(query != null && asked.equals("query") ? sqlLast(args, query) : args);
  }

  /** SQL that begins with a comment looks like an option; after the last of them it does not. */
  private static String[] sqlLast(String[] args, CommandLine query) {
    List<String> words = new ArrayList<>(List.of(args));
    for (String word : args) {
      if (word.equals("--")) {
        return args;
      }
      String name = word.replaceFirst("(?s)=.*", "");
      if (word.startsWith("--")
          && word.codePoints().anyMatch(Character::isWhitespace)
          && !query.getCommandSpec().optionsMap().containsKey(name)) {
        words.remove(word);
        words.addAll(List.of("--", word));
        return words.toArray(String[]::new);
      }
    }
    return args;
  }

  private static int misused(ParameterException e, Console console) {
    String command =
        e.getCommandLine().getCommandSpec().qualifiedName().substring("assay".length());
    console.note(
        "%s%s; see %s%s --help".formatted(oneLine(e), suggestion(e), console.program(), command));
    return ExitCode.USAGE;
  }

  private static String suggestion(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      return near.isEmpty() ? "" : " (did you mean %s?)".formatted(String.join(" or ", near));
    }
    return "";
  }

  private static int failed(Exception e, Console console, boolean verbose) {
    console.out().flush();
    Blame blame = Blame.of(e);
    console.note(
        blame == Blame.ASSAY
            ? "unexpected %s: %s; --verbose shows its trace"
                .formatted(e.getClass().getSimpleName(), oneLine(e))
            : oneLine(e));
    if (verbose) {
      e.printStackTrace(console.err());
    }
    return blame == Blame.USE ? ExitCode.USAGE : ExitCode.FAILURE;
  }

  private static String oneLine(Exception e) {
    // A line of carets points at nothing any more once the lines are joined.
    String message = String.valueOf(e.getMessage()).replaceAll("(?m)^\\s*\\^+\\s*$", "");
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
