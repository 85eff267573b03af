/**
 * argv to a command, a command to an exit code.
 * @module
 */

// First: an executable that was started to run a zx script does nothing else.
import "../loading/zx_process.ts";
import { object, or } from "@optique/core/constructs";
import { message, text } from "@optique/core/message";
import { command } from "@optique/core/primitives";
import { run } from "@optique/run";
import { checkArguments, checkHelp } from "./arguments/check_arguments.ts";
import { examples } from "./arguments/examples.ts";
import { asMeant } from "./arguments/habits.ts";
import { helpWidth } from "./arguments/help_width.ts";
import type { Usages } from "./arguments/usages.ts";
import { bashScript } from "./completion/bash_script.ts";
import { loadSettingWords } from "./completion/setting_words.ts";
import { EXIT, exitCodeOf } from "./exit_codes.ts";
import { type Commands, isCommandName, loadCommand, loadCommands } from "./load_commands.ts";
import { about } from "./manual/about.ts";
import { drawingFor } from "./manual/drawing.ts";
import { helpFor } from "./manual/help.ts";
import type { Commands as Loadable } from "./manual/manual.ts";
import { overview } from "./manual/overview.ts";
import { refuseStrayWords } from "./mistyped/stray_words.ts";
import { requireStdout } from "./output/closed_stdout.ts";
import type { CommonValues } from "./output/common_options.ts";
import { note, print, printError, wasStdoutUnread } from "./output/output.ts";
import { version } from "./version.ts";

/** Columns that no message has. */
const UNBROKEN = 100_000;

/** Runs a command. @returns The exit code, see `exit_codes.ts`. */
export async function main(typed: readonly string[]): Promise<number> {
  const [word] = typed;
  const commands = isCommandName(word) ? await loadCommand(word) : await loadCommands();
  const usages = usagesOf(commands);
  const args = asMeant(typed, usages);
  let values: ReturnType<typeof parse> | undefined;
  try {
    if (typed.length === 0) {
      // On stderr: a script that forgot the command got nothing done.
      note(overview(drawingFor(typed)));
      return EXIT.usage;
    }
    checkHelp(args, usages);
    const help = await helpFor(args, commands as Loadable);
    if (help !== undefined) {
      requireStdout();
      print(help);
      return EXIT.done;
    }
    await loadSettingWords(args);
    values = parse(args, commands);
    checkArguments(args);
    refuseStrayWords(args, usages[args[0]!]);
    if (prints(values)) requireStdout();
    // Each command's values carry its own name; the parser cannot produce another pairing.
    const code = await commands[values.command]!.run(values as never);
    return code === EXIT.done && wasStdoutUnread() ? EXIT.unread : code;
  } catch (error) {
    if (error instanceof ParserEnded) {
      await complain(error.complaints, args, usages);
      return error.code;
    }
    printError(error, values ?? { command: "" });
    return exitCodeOf(error);
  }
}

/** Those whose results do not go to stdout but with `--json`. */
const SILENT: readonly string[] = ["extract", "join", "mount", "umount", "new-step"];

function prints(values: CommonValues & { readonly command: string }): boolean {
  return values.json === true || !SILENT.includes(values.command);
}

/** Ends the parser, which would else end the process. */
class ParserEnded extends Error {
  constructor(readonly code: number, readonly complaints: readonly string[]) {
    super();
  }
}

/** Prints what the parser said: with hints, for which all pages of the documentation are loaded. */
async function complain(
  complaints: readonly string[],
  args: readonly string[],
  usages: Usages,
): Promise<void> {
  if (complaints.length === 0) return;
  const { printParseError } = await import("./mistyped/parse_error.ts");
  for (const text of complaints) printParseError(text, args, usages);
}

/** All commands, or the one that is named. */
type Loaded = Partial<Commands>;

/** Beside the one that is wanted: the parser complains in other words about a command without others. */
const NO_COMMAND = command("-", object({}), { hidden: true });

function usagesOf(commands: Loaded): Usages {
  return Object.fromEntries(
    Object.entries(commands).map(([name, { parser }]) => [name, parser.usage]),
  );
}

/** The values of a command line. @throws ParserEnded after help, or where they are not understood */
function parse(args: readonly string[], commands: Loaded) {
  const complaints: string[] = [];
  const [only, another] = Object.values(commands);
  const parser = another === undefined
    ? or(only!.parser as never, NO_COMMAND) as unknown as ReturnType<typeof parserOfAll>
    : parserOfAll(commands as Commands);
  return run(parser, {
    args,
    programName: "icecore",
    help: "both",
    version,
    completion: "command",
    aboveError: "none",
    errorExitCode: 2,
    stdout: (text) => print(args.join(" ") === "completion bash" ? bashScript(text) : text),
    stderr: (text) => void complaints.push(text),
    brief: message`${text(about.brief)}`,
    examples: examples(...about.examples),
    footer: examples(...about.codes),
    // A terminal breaks an error's lines itself, and a script wants none broken.
    maxWidth: args[0] === "help" || args.includes("--help") ? helpWidth() : UNBROKEN,
    termWidth: "auto",
    // Help is printed before the options are known.
    ...args.includes("--no-color") ? { colors: false } : {},
    onExit: (code) => {
      throw new ParserEnded(code, complaints);
    },
    commandList: "top-level",
    // Those of all commands would fill the screen before the list of them.
    usageLine: [{ type: "argument", metavar: "COMMAND [ARGUMENT...]" }],
  });
}

function parserOfAll({ export: exportCommand, "new-step": newStep, ...commands }: Commands) {
  const { build, run, schedule, list, prune, merge, verify, info, report, ls, cat, find } =
    commands;
  const { extract, digests, diff } = commands;
  const { join, mount, umount, serve, volume, steps, recipe, doctor, clean } = commands;
  return or(
    or(build.parser, run.parser, schedule.parser, list.parser),
    or(prune.parser, merge.parser, verify.parser),
    or(info.parser, report.parser, ls.parser, cat.parser, find.parser, extract.parser),
    or(digests.parser, diff.parser),
    or(exportCommand.parser, join.parser, mount.parser, umount.parser),
    or(serve.parser, volume.parser, steps.parser, recipe.parser, newStep.parser),
    or(doctor.parser, clean.parser),
  );
}
