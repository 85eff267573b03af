import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { duration } from "../../../pipeline/words/duration.ts";
import type { BuildEvent } from "../../../mod.ts";

const DRIVER = fileURLToPath(
  new URL("../human_renderer_driver.ts", import.meta.url),
);
const FAILED: BuildEvent = {
  type: "build-failed",
  code: "unexpected",
  message: "no",
};

/** What a person sees of events, on a terminal or in a file. */
async function shown(
  events: readonly BuildEvent[],
  where: "terminal" | "file",
): Promise<string> {
  const isTerminal = where === "terminal" ? "1" : "0";
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--no-check",
      DRIVER,
      isTerminal,
      JSON.stringify(events),
    ],
    // CI draws no progress, also where it has a terminal.
    env: { TERM: "xterm", NO_COLOR: "1", CI: "" },
    stderr: "piped",
  }).output();
  return new TextDecoder().decode(stderr);
}

const problems = Array.from({ length: 25 }, (_, i): BuildEvent => ({
  type: "problem",
  step: "scan",
  problem: {
    kind: "unreadable",
    path: `/srv/file-${i}`,
    reason: "permission denied",
  },
}));

Deno.test("every problem is named where nobody can ask again", async () => {
  const text = await shown([...problems, FAILED], "file");
  assert.equal(text.match(/unreadable: \/srv\/file-/g)?.length, 25);
  assert.doesNotMatch(text, /more/);
});

Deno.test("on a terminal the first problems are named, and where to see all", async () => {
  const text = await shown([...problems, FAILED], "terminal");
  assert.equal(text.match(/unreadable: \/srv\/file-/g)?.length, 20);
  assert.match(
    text,
    /… and 5 more; see all of them with --verbose, or by 2> FILE/,
  );
});

Deno.test("what a streaming step has sent is not drawn on another step's line", async () => {
  const progress = (step: string, done: number): BuildEvent => ({
    ...{ type: "progress", step, done, total: 1000, unit: "files" },
  });
  const text = await shown([
    { type: "step-started", step: "pack", index: 1, countSteps: 6 },
    progress("s3", 111),
    { type: "step-started", step: "s3", index: 5, countSteps: 6 },
    progress("s3", 222),
  ], "terminal");
  assert.doesNotMatch(text, /111/);
  assert.match(text, /\[6\/6\] s3 .*222/);
});

const DURATIONS: readonly (readonly [number, string])[] = [
  [0.004, "0.00 s"],
  [9.94, "9.9 s"],
  [9.96, "10 s"],
  [59.7, "1 min 0 s"],
  [119.7, "2 min 0 s"],
  [3599.8, "1 h 0 min"],
  [7199, "2 h 0 min"],
];

for (const [seconds, text] of DURATIONS) {
  Deno.test(`${seconds} seconds are ${text}`, () =>
    assert.equal(duration(seconds), text));
}
