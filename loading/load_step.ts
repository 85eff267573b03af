/**
 * A step by what the user calls it: a built-in name, or a file.
 * @module
 */

import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import { fileStatus } from "../host/files/file_status.ts";
import { UsageError } from "../pipeline/build_errors.ts";
import type { Step } from "../pipeline/step.ts";
import { didYouMean } from "../pipeline/words/suggest.ts";
import { moduleStep } from "./module_step.ts";
import { scriptStep } from "./script_step.ts";
import { requireOwn } from "./trust.ts";
import { zxStep } from "./zx_step.ts";

/** Steps that are known by name, each loaded when it is asked for. */
export type BuiltinSteps = Readonly<Record<string, () => Promise<{ readonly default: Step }>>>;

/**
 * Loads a step.
 *
 * @param reference A built-in name such as `age`; or the path of a module (`.ts`, `.js`, `.mjs`…)
 * whose default export is a step, of a zx script (`.zx.mjs`, `.zx.js`, `.zx.ts`), or of any
 * executable file.
 * @throws UsageError when there is no such step, or the file is not a step; PluginError when it is
 * there and cannot be loaded.
 */
export async function loadStep(
  reference: string,
  options: {
    /** Steps that are known by name; none when absent. */
    readonly builtins?: Readonly<Record<string, () => Promise<{ readonly default: Step }>>>;
    /** The folder that relative paths start from; the current one when absent. */
    readonly folder?: string;
    /**
     * `false`: a file is refused that others than this user and root may have written. Absent, it is
     * taken, for whoever names it here has chosen it.
     */
    readonly trust?: boolean;
  } = {},
): Promise<Step> {
  const { builtins = {}, folder = "." } = options;
  if (Object.hasOwn(builtins, reference)) return (await builtins[reference]!()).default;
  const path = resolve(folder, reference);
  const status = fileStatus(path);
  if (status === undefined) throw missing(reference, Object.keys(builtins));
  if (!status.isFile()) {
    throw new UsageError(
      `cannot use ${reference}: it is ${status.isDirectory() ? "a folder" : "no regular file"}. ` +
        "Name a module, a script or a program.",
      "no-such-step",
    );
  }
  if (options.trust === false) requireOwn(path, reference);
  if (/\.zx\.[mc]?[jt]s$/.test(path)) return zxStep(path, reference);
  if (/\.[mc]?[jt]sx?$/.test(path)) return await moduleStep(path, reference);
  requireExecutable(path, reference);
  return scriptStep(path, reference);
}

function missing(reference: string, names: readonly string[]): UsageError {
  const isPath = reference.includes("/") || reference.includes(".");
  const known = names.length === 0 ? "" : ` Built in are: ${names.join(", ")}.`;
  return new UsageError(
    isPath
      ? `cannot use ${reference}: there is no such file. Correct the path.`
      : `cannot use ${reference}: no step of that name is built in, and there is no such file. ` +
        `${didYouMean(reference, names) ?? `Give a path, as in ./${reference}.`}${known}`,
    "no-such-step",
  );
}

function requireExecutable(path: string, shown: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new UsageError(
      `cannot use ${shown}: it is not executable. Allow it with: chmod +x ${shown}`,
      "not-executable",
    );
  }
}
