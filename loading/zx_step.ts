/**
 * A zx script as a step: run in a process of its own, as zx users expect.
 * @module
 */

import process from "node:process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { canLoadModules, isCompiled } from "../host/import_module.ts";
import { denoGlobal } from "../host/runtime.ts";
import type { Image } from "../pipeline/image.ts";
import type { Step } from "../pipeline/step.ts";
import { PluginError } from "./plugin_error.ts";
import { scriptDocument } from "./script_context.ts";
import { stepOf } from "./script_step.ts";
import { CHANNEL_VARIABLE, CONTEXT_VARIABLE, SCRIPT_VARIABLE } from "./zx_variables.ts";

/** A zx script as a step. @throws PluginError where this executable cannot load it. */
export function zxStep(path: string, shown: string): Step {
  if (!canLoadModules()) throw notHere(shown);
  return stepOf(path, shown, (name) => (image, context, output) => {
    const channel = randomUUID();
    let isComplete = false;
    return {
      argv: runnerArgv(),
      shownArgv: ["zx", path],
      env: {
        [SCRIPT_VARIABLE]: path,
        [CHANNEL_VARIABLE]: channel,
        [CONTEXT_VARIABLE]: scriptDocument(name, withoutMost(image), context),
      },
      onOutput(line) {
        const [before = "", json] = line.split(`\x1e${channel} `);
        if (before !== "") {
          context.emit({ type: "message", level: "info", text: `${name}: ${before}` });
        }
        if (json === "") isComplete = true;
        else if (json !== undefined) output.take(json);
      },
      isComplete: () => isComplete,
    };
  });
}

/** One variable holds 128 KiB at most; the problems of a build can be more. */
function withoutMost(image: Image): Image {
  const { report } = image;
  return { ...image, report: { ...report, problems: report.problems.slice(0, MOST_PROBLEMS) } };
}

const MOST_PROBLEMS = 20;

/** What runs the script: this executable itself, or the runtime that runs icecore's source. */
function runnerArgv(): string[] {
  if (isCompiled()) return [process.execPath];
  const runner = fileURLToPath(new URL("./zx_runner.ts", import.meta.url));
  return denoGlobal() === undefined
    ? [process.execPath, "run", runner]
    : [process.execPath, "run", "--allow-all", "--no-check", "--quiet", runner];
}

function notHere(shown: string): PluginError {
  return new PluginError(
    `cannot run ${shown}: this executable was made with Deno, which loads no modules but those ` +
      "compiled in. Use an executable made with ./compile.sh --runtime bun, or make the file an " +
      "ordinary executable that begins with #!/usr/bin/env zx and does not end in .zx.mjs.",
    "not-compiled-in",
  );
}
