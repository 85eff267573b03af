/**
 * Builds `source` and sends itself a signal in the midst of a step: `interrupt_driver.ts STEP
 * SIGNAL`. With the step `shell`, a step is added that runs a slow program through `$`.
 * @module
 */

import process from "node:process";
import { InterruptedError, pipeline, recipes, type Step, watchSignals } from "../../mod.ts";

const [stepName, signalName] = process.argv.slice(2);

const shell: Step = {
  name: "shell",
  after: "hash",
  async run(_image, { $ }) {
    await $`sh -c 'touch "$LAB/reached"; sleep 60'`.quiet();
  },
};

const interruption = new AbortController();
watchSignals((signal) => interruption.abort(new InterruptedError(signal)), 130);
const recipe = pipeline(recipes["e2fsprogs"]!);
let isDone = false;
try {
  await (stepName === "shell" ? recipe.use(shell) : recipe).run({
    sources: [`${process.cwd()}/source`],
    output: `${process.cwd()}/out.img`,
    signal: interruption.signal,
    emit(event) {
      if (isDone || event.type !== "step-started" || event.step !== stepName) return;
      if (signalName === "none") return;
      isDone = true;
      process.kill(process.pid, signalName!);
    },
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof InterruptedError ? 130 : 1);
}
