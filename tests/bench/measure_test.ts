import assert from "node:assert/strict";
import { measure, RunError } from "../../bench/measure.ts";
import { appearance } from "../support/programs/appearance.ts";
import { testWith } from "../support/programs/requirements.ts";

const options = { cwd: Deno.makeTempDirSync({ prefix: "icecore-measure-" }), timeoutMs: 20_000 };
globalThis.addEventListener("unload", () => Deno.removeSync(options.cwd, { recursive: true }));
const never = () => new AbortController().signal;

Deno.test("a run is measured from outside: time and output", async () => {
  const argv = ["bash", "-c", "sleep 0.2; echo done; echo note >&2"];
  const { seconds, output } = await measure(argv, { ...options, signal: never() });
  assert.ok(seconds >= 0.2, `${seconds} s`);
  assert.equal(output, "done\nnote\n");
});

testWith({ programs: ["time"] }, "the peak memory of a run is measured, too", async () => {
  const { peakBytes } = await measure(["true"], { ...options, signal: never() });
  assert.ok(peakBytes !== undefined && peakBytes > 100_000 && peakBytes < 100e6, `${peakBytes}`);
});

Deno.test("a run that fails says with what", async () => {
  await assert.rejects(
    measure(["bash", "-c", "echo no luck; exit 3"], { ...options, signal: never() }),
    new RunError("exit code 3: no luck"),
  );
});

Deno.test("a run that takes too long is ended with all it started", async () => {
  const argv = ["bash", "-c", "sleep 61.7 & sleep 61.8"];
  await assert.rejects(
    measure(argv, { ...options, timeoutMs: 300, signal: never() }),
    new RunError("not done after 0.3 s"),
  );
  assert.deepEqual(commandLines().filter((line) => /^sleep 61\.[78]/.test(line)), []);
});

Deno.test("a signal ends the run, and its traps still clean up", async () => {
  const abort = new AbortController();
  const mark = `${options.cwd}/cleaned`;
  const script = 'trap \'touch "$0"\' EXIT; touch "$0.set"; sleep 62';
  const run = measure(["bash", "-c", script, mark], { ...options, signal: abort.signal });
  await appearance(`${mark}.set`);
  abort.abort(new Error("stopped by a signal"));
  await assert.rejects(run, /stopped by a signal/);
  assert.ok((await Deno.stat(mark)).isFile);
});

/** The command lines of all processes. */
function commandLines(): string[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => {
    try {
      return Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
    } catch {
      return ""; // it ended meanwhile
    }
  });
}
