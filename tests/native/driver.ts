/**
 * Builds `source` and does something in its midst: `driver.ts WHEN WHAT [OUTPUT [RECIPE]]`.
 *
 * WHEN: a step, such as `pack` (as it begins), or `packing` (bytes were written).
 * WHAT: a signal that it sends itself, or a command line for `sh`.
 * @module
 */

import { spawnSync } from "node:child_process";
import process from "node:process";
import {
  InterruptedError,
  pipeline,
  type Problem,
  recipes,
  watchSignals,
} from "../../mod.ts";
import { messageOf } from "../../plugin.ts";

const [when, what, output = "out.img", recipe = "native"] = process.argv.slice(
  2,
);
const interruption = new AbortController();
watchSignals((signal) => interruption.abort(new InterruptedError(signal)), 130);
let isDone = false;

function act(): void {
  if (isDone) return;
  isDone = true;
  if (what!.startsWith("SIG")) process.kill(process.pid, what!);
  else spawnSync("sh", ["-euc", what!], { stdio: "inherit" });
}

function say({ kind, path, reason }: Problem): void {
  console.error(`${kind}: ${path}: ${reason}`);
}

try {
  const { lossy } = await pipeline(recipes[recipe as keyof typeof recipes]).run(
    {
      sources: [`${process.cwd()}/source`],
      output: `${process.cwd()}/${output}`,
      signal: interruption.signal,
      emit(event) {
        if (event.type === "problem") say(event.problem);
        if (event.type === "step-started" && event.step === when) act();
        if (
          when === "packing" && event.type === "progress" &&
          event.step === "pack"
        ) act();
      },
    },
  );
  process.exit(lossy ? 3 : 0);
} catch (error) {
  console.error(messageOf(error));
  process.exit(error instanceof InterruptedError ? 130 : 1);
}
