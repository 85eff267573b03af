/**
 * Any executable file as a step.
 * @module
 */

import { stripVTControlCharacters } from "node:util";
import { meaningOf } from "../host/libc/errno.ts";
import { printable } from "../host/libc/paths.ts";
import { runScript, type ScriptEnd } from "../host/programs/script_process.ts";
import type { Image } from "../pipeline/image.ts";
import type { Step, StepContext } from "../pipeline/step.ts";
import { PluginError } from "./plugin_error.ts";
import { scriptDocument, scriptEnvironment } from "./script_context.ts";
import { nameOfFile, readHeader } from "./script_header.ts";
import { ScriptOutput } from "./script_output.ts";
import { imageAfter } from "./script_result.ts";
import { TIMEOUT_OPTION, timeoutError } from "./time_limit.ts";

/** How a script is started, and how its lines are read. */
export interface ScriptForm {
  readonly argv: readonly string[];
  /** What is shown as the command, where `argv` says little. */
  readonly shownArgv?: readonly string[];
  /** Added to its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Its stdin; that of icecore when absent. */
  readonly input?: string;
  /** Takes a line of its stdout. */
  readonly onOutput: (line: string) => void;
  /** Whether it has said that it ran to its end; for programs, the exit code alone says so. */
  readonly isComplete?: () => boolean;
}

/** Makes the form of one run. */
export type FormOf = (image: Image, context: StepContext, output: ScriptOutput) => ScriptForm;

/** An executable file as a step. @param shown The file as the user named it. */
export function scriptStep(path: string, shown: string): Step {
  return stepOf(path, shown, (name) => (image, context, output) => ({
    argv: [path],
    env: scriptEnvironment(name, image, context),
    input: scriptDocument(name, image, context),
    onOutput: output.take,
  }));
}

/** A step out of a script's header and the way it is started. @throws PluginError */
export function stepOf(path: string, shown: string, formFor: (name: string) => FormOf): Step {
  const { timeout, options, ...header } = readHeader(path, shown);
  const name = header.name ?? nameOfFile(path);
  const formOf = formFor(name);
  const limit = timeout === undefined ? TIMEOUT_OPTION : { ...TIMEOUT_OPTION, default: timeout };
  return {
    summary: `run ${shown}`,
    ...header,
    name,
    shell: false,
    options: { timeout: limit, ...options },
    preview: () =>
      Promise.resolve([{ label: "program", value: `${printable(path)}, not run to load it` }]),
    run: (image, context) =>
      run({ name, shown, changes: header.changes === true, formOf }, image, context),
  };
}

interface Script {
  readonly name: string;
  readonly shown: string;
  readonly changes: boolean;
  readonly formOf: FormOf;
}

async function run(script: Script, image: Image, context: StepContext): Promise<Image> {
  const { name, shown } = script;
  const output = new ScriptOutput((event) => context.emit(event));
  const lastWords: string[] = [];
  const form = script.formOf(image, context, output);
  const seconds = context.options["timeout"] as number | undefined;
  context.emit({ type: "command", argv: form.shownArgv ?? form.argv });
  const end = await runScript({
    ...form,
    workdir: context.workdir,
    signal: context.signal,
    ...(seconds === undefined ? {} : { timeoutSeconds: seconds }),
    onMessage(line) {
      const text = stripVTControlCharacters(line);
      if (text === "") return;
      lastWords.push(text);
      if (lastWords.length > MOST_WORDS) lastWords.shift();
      context.emit({ type: "message", level: "info", text: `${name}: ${text}` });
    },
  });
  checkEnd(end, script, lastWords, seconds);
  if (form.isComplete?.() === false) throw endedItself(shown, lastWords);
  return imageAfter(image, output, { changes: script.changes, workdir: context.workdir, shown });
}

/** How many lines of its stderr are repeated when it fails. */
const MOST_WORDS = 5;

function saidAs(lastWords: readonly string[]): string {
  return lastWords.length === 0 ? "" : `: ${lastWords.join(" / ").replace(/\.$/, "")}`;
}

function endedItself(shown: string, lastWords: readonly string[]): PluginError {
  return new PluginError(
    `${shown} ended its process before it had run to its end${
      saidAs(lastWords)
    }. Have it throw an ` +
      "error instead of calling process.exit, and leave that out where all went well.",
    "script-failed",
  );
}

function checkEnd(
  end: ScriptEnd,
  { name, shown }: Script,
  lastWords: readonly string[],
  seconds: number | undefined,
): void {
  const said = saidAs(lastWords);
  switch (end.kind) {
    case "exit": {
      if (end.code === 0) return;
      throw new PluginError(
        `${shown} ended with exit code ${end.code}${said}. Correct what it complains of.`,
        "script-failed",
      );
    }
    case "signal":
      throw new PluginError(
        `${shown} was ended by ${end.signal}${said}. Look for who ended it.`,
        "script-failed",
      );
    case "timeout":
      throw timeoutError(name, seconds!);
    case "not-started":
      throw new PluginError(
        `cannot start ${shown}: ${meaningOf(end.why)}. If it is a script, its first line must ` +
          "name a program that is there, such as #!/bin/sh.",
        "not-started",
        { cause: end.why },
      );
  }
}
