/**
 * `icecore new-step NAME`: a step of one's own to start from, and its test.
 * @module
 */

import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { argument, command, constant } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from "node:fs";
import { EnvironmentError } from "../../host/environment_error.ts";
import { meaningOf } from "../../host/libc/errno.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import { isStepName } from "../../pipeline/step_shape.ts";
import { examples } from "../arguments/examples.ts";
import { ownStepNames } from "../building/own_steps.ts";
import { stepText, testText } from "../building/step_template.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { note, print, printJson } from "../output/output.ts";

interface NewStepValues extends CommonValues {
  readonly command: "new-step";
  readonly name: string;
}

/** The command. */
export const newStep = {
  parser: command(
    "new-step",
    merge(
      object("What", {
        command: constant("new-step"),
        name: argument(string({ metavar: "NAME" }), {
          description: message`The step's name: lower case letters, digits and hyphens.`,
        }),
      }),
      common,
    ),
    {
      brief: briefOf("new-step"),
      description:
        message`Writes NAME.ts and NAME_test.ts into the current folder. Nothing is overwritten.`,
      footer: examples("Example:", "  icecore new-step upload", "", ...exitCodes()),
    },
  ),
  run({ name, json, quiet }: NewStepValues): number {
    if (!isStepName(name)) {
      throw new UsageError(
        `cannot name a step ${JSON.stringify(name)}: a name is lower case letters, digits and ` +
          "hyphens. Choose another, such as upload.",
        "bad-name",
      );
    }
    if (ownStepNames.includes(name)) {
      throw new UsageError(
        `cannot name a step ${name}: a recipe has one of that name. Choose another, such as ` +
          `my-${name}.`,
        "bad-name",
      );
    }
    const files = { [`${name}.ts`]: stepText(name), [`${name}_test.ts`]: testText(name) };
    const inTheWay = Object.keys(files).find((file) => existsSync(file));
    if (inTheWay !== undefined) throw refusal(inTheWay);
    writeAll(files);
    if (json === true) printJson({ type: "new-step", name, files: Object.keys(files) });
    else for (const file of Object.keys(files)) print(file);
    if (json === true || quiet === true) return EXIT.done;
    note(`Try it:   icecore build DIR --use ./${name}.ts --set ${name}.to=FOLDER`);
    note(
      `Test it:  deno test --allow-all --no-check ${name}_test.ts, or bun test ./${name}_test.ts`,
    );
    return EXIT.done;
  },
};

/** Writes all of them or none. */
function writeAll(files: Readonly<Record<string, string>>): void {
  const made: string[] = [];
  try {
    for (const [file, text] of Object.entries(files)) {
      const fd = openNew(file);
      made.push(file);
      writeNew(fd, file, text);
    }
  } catch (error) {
    for (const file of made) rmSync(file, { force: true });
    throw error;
  }
}

function openNew(file: string): number {
  try {
    return openSync(file, "wx");
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") throw refusal(file);
    throw notWritten(file, error, "Go to a folder that you may write to.");
  }
}

function writeNew(fd: number, file: string, text: string): void {
  try {
    writeFileSync(fd, text);
  } catch (error) {
    throw notWritten(file, error, "Make room, or go to another folder.");
  } finally {
    closeSync(fd);
  }
}

function notWritten(file: string, cause: unknown, advice: string): EnvironmentError {
  return new EnvironmentError(
    `cannot write ${file}: ${meaningOf(cause)}. ${advice}`,
    "not-writable",
    { cause },
  );
}

function refusal(file: string): UsageError {
  return new UsageError(
    `cannot write ${file}: it exists already. Choose another name, or another folder.`,
    "file-exists",
  );
}
