import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { assertNothingBuilt, ended, icecoreArgv, inLab, type Lab, start } from "../faults/lab.ts";
import { appearance } from "../support/programs/appearance.ts";

const INTERRUPTING = "interrupting; Ctrl-C again to stop at once";

/** A build whose step never settles. */
async function stuck(lab: Lab, ...more: string[]): Promise<Deno.ChildProcess> {
  writeFileSync(
    lab.at("stuck.ts"),
    `import { writeFileSync } from "node:fs";
    export default { name: "stuck", after: "pack", shell: false, run() {
      writeFileSync(${JSON.stringify(lab.at("reached"))}, "");
      return new Promise(() => {});
    } };\n`,
  );
  const args = ["build", "source", "-o", "out.img", "--use", lab.at("stuck.ts"), ...more];
  const building = start(lab, icecoreArgv(args));
  await appearance(lab.at("reached"));
  return building;
}

Deno.test("the first Ctrl-C is answered, and ends a build whose step never settles", async () => {
  await inLab(async (lab) => {
    const building = await stuck(lab);
    building.kill("SIGINT");
    const { code, stdout, stderr } = await ended(building);
    assert.deepEqual([code, stdout], [130, ""], stderr);
    assert.match(stderr, new RegExp(`^icecore: ${INTERRUPTING}$`, "m"));
    assert.match(stderr, /^icecore: step stuck failed: it did not end within 5 seconds after/m);
    assert.match(stderr, /^icecore: interrupted by SIGINT: nothing was left behind$/m);
    await assertNothingBuilt(lab);
  });
});

Deno.test("a second Ctrl-C ends it at once, and leaves nothing", async () => {
  await inLab(async (lab) => {
    const building = await stuck(lab);
    building.kill("SIGINT");
    let stderr = "";
    for await (const text of building.stderr.pipeThrough(new TextDecoderStream())) {
      // Two signals at once would be one.
      if (!stderr.includes(INTERRUPTING) && (stderr + text).includes(INTERRUPTING)) {
        building.kill("SIGINT");
      }
      stderr += text;
    }
    assert.equal((await building.status).code, 130);
    await building.stdout.cancel();
    assert.doesNotMatch(stderr, /did not end|left behind/);
    await assertNothingBuilt(lab);
  });
});

Deno.test("with --json the answer to Ctrl-C is an event", async () => {
  await inLab(async (lab) => {
    const building = await stuck(lab, "--json");
    building.kill("SIGINT");
    const { code, stdout } = await ended(building);
    assert.equal(code, 130);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.ok(events.some(({ type, text }) => type === "message" && text === INTERRUPTING));
  });
});
