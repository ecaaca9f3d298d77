package dev.assay.storage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of another JVM with this one's class path, whose output is the program's. */
public final class ChildJvm {
  /** The first version that warns of native libraries and of what they do to memory. */
  private static final int WARNING_FEATURE = 24;

  private ChildJvm() {}

  /** Another JVM that runs the program, with these flags before it. */
  public static List<String> command(List<String> flags, Class<?> program, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    if (Runtime.version().feature() >= WARNING_FEATURE) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    command.add(program.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }
}
