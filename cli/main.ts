/**
 * argv to a command, a command to an exit code.
 * @module
 */

// First: an executable that was started to run a zx script does nothing else.
import "../loading/zx_process.ts";
import { or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { run, type RunOptions } from "@optique/run";
import { checkArguments, checkHelp } from "./arguments/check_arguments.ts";
import { examples } from "./arguments/examples.ts";
import { asMeant } from "./arguments/habits.ts";
import { helpWidth } from "./arguments/help_width.ts";
import { printParseError } from "./arguments/parse_error.ts";
import { build } from "./commands/build.ts";
import { cat } from "./commands/cat.ts";
import { clean } from "./commands/clean.ts";
import { diff } from "./commands/diff.ts";
import { digests } from "./commands/digests.ts";
import { doctor } from "./commands/doctor.ts";
import { exportCommand } from "./commands/export.ts";
import { extract } from "./commands/extract.ts";
import { find } from "./commands/find.ts";
import { info } from "./commands/info.ts";
import { join } from "./commands/join.ts";
import { list } from "./commands/list.ts";
import { ls } from "./commands/ls.ts";
import { merge } from "./commands/merge.ts";
import { mount } from "./commands/mount.ts";
import { newStep } from "./commands/new_step.ts";
import { prune } from "./commands/prune.ts";
import { recipe } from "./commands/recipe.ts";
import { report } from "./commands/report.ts";
import { run as runCommand } from "./commands/run.ts";
import { schedule } from "./commands/schedule.ts";
import { serve } from "./commands/serve.ts";
import { steps } from "./commands/steps.ts";
import { umount } from "./commands/umount.ts";
import { verify } from "./commands/verify.ts";
import { EXIT, exitCodeOf, exitCodes } from "./exit_codes.ts";
import { requireStdout } from "./output/closed_stdout.ts";
import type { CommonValues } from "./output/common_options.ts";
import { note, print, printError, wasStdoutUnread } from "./output/output.ts";
import { version } from "./version.ts";

/** All commands by name. */
export const commands = {
  build,
  run: runCommand,
  schedule,
  list,
  prune,
  verify,
  info,
  report,
  ls,
  cat,
  find,
  extract,
  digests,
  diff,
  export: exportCommand,
  join,
  merge,
  mount,
  umount,
  serve,
  steps,
  recipe,
  "new-step": newStep,
  doctor,
  clean,
};

const usages = Object.fromEntries(
  Object.entries(commands).map(([name, { parser }]) => [name, parser.usage]),
);

/** Columns that no message has. */
const UNBROKEN = 100_000;

/** Runs a command. @returns The exit code, see `exit_codes.ts`. */
export async function main(typed: readonly string[]): Promise<number> {
  const args = asMeant(typed, usages);
  let values: ReturnType<typeof parse> | undefined;
  try {
    if (typed.length === 0) return printHelp();
    checkHelp(args, usages);
    values = parse(args);
    checkArguments(args);
    if (prints(values)) requireStdout();
    // Each command's values carry its own name; the parser cannot produce another pairing.
    const code = await commands[values.command].run(values as never);
    return code === EXIT.done && wasStdoutUnread() ? EXIT.unread : code;
  } catch (error) {
    printError(error, values ?? { command: "" });
    return exitCodeOf(error);
  }
}

/** Those whose results do not go to stdout but with `--json`. */
const SILENT: readonly string[] = ["extract", "join", "mount", "umount", "new-step"];

function prints(values: CommonValues & { readonly command: string }): boolean {
  return values.json === true || !SILENT.includes(values.command);
}

/** Help where no command is given: on stderr, as a script that forgot it got nothing done. */
function printHelp(): number {
  try {
    parse(["--help"], {
      stdout: (text) => note(text),
      onExit: () => {
        throw new HelpPrinted();
      },
    });
  } catch (error) {
    if (!(error instanceof HelpPrinted)) throw error;
  }
  return EXIT.usage;
}

/** Ends the parser, which would else end the process. */
class HelpPrinted extends Error {}

/** Where help goes, and what happens then. */
type Ending = Pick<RunOptions, "stdout" | "onExit">;

/** The values of a command line. Ends the process after help, or where they cannot be understood. */
function parse(args: readonly string[], ending: Ending = {}) {
  const parser = or(
    or(
      build.parser,
      runCommand.parser,
      schedule.parser,
      list.parser,
      prune.parser,
      merge.parser,
      verify.parser,
    ),
    or(info.parser, report.parser, ls.parser, cat.parser, find.parser, extract.parser),
    or(digests.parser, diff.parser),
    or(exportCommand.parser, join.parser, mount.parser, umount.parser),
    or(serve.parser, steps.parser, recipe.parser, newStep.parser),
    or(doctor.parser, clean.parser),
  );
  return run(parser, {
    args,
    programName: "icecore",
    help: "both",
    version,
    completion: "command",
    aboveError: "none",
    errorExitCode: 2,
    stdout: (text) => print(text),
    stderr: (text) => printParseError(text, args, usages),
    brief: message`A folder as one small, read-only, checksummed ext4 image.`,
    examples: examples(
      "icecore build /srv/photos",
      "icecore verify photos.img",
      "icecore build --help",
    ),
    footer: examples(...exitCodes({
      lossy: "done but some source files could not be read or changed while being read",
      verificationFailed: "verification failed",
    })),
    // A terminal breaks an error's lines itself, and a script wants none broken.
    maxWidth: args[0] === "help" || args.includes("--help") ? helpWidth() : UNBROKEN,
    termWidth: "auto",
    // Help is printed before the options are known.
    ...args.includes("--no-color") ? { colors: false } : {},
    commandList: "top-level",
    // Those of all commands would fill the screen before the list of them.
    usageLine: [{ type: "argument", metavar: "COMMAND [ARGUMENT...]" }],
    ...ending,
  });
}
