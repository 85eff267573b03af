import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { InterruptedError, StepError } from "../../mod.ts";
import { assertNothingBuilt, assertNothingLeft, inLab } from "../faults/lab.ts";
import { appearance } from "../support/programs/appearance.ts";
import { attemptFile } from "./attempt.ts";
import { zxFaults } from "./zx_faults.ts";

Deno.test("a zx script finds what zx users expect, and the image and its options", async () => {
  await inLab(async (lab) => {
    const text = `// icecore: {"after": "hash", "options": {"to": {"type": "string", "help": "h"}}}
      import { fs as imported } from "zx";
      const size = await $\`wc -c < \${image.path}\`;
      echo("size", size.stdout.trim(), options.to, sources.length);
      for (const name of ["$", "cd", "fetch", "question", "sleep", "glob", "which", "within", "os",
        "path", "fs", "chalk", "YAML", "argv", "retry", "spinner", "stdin", "ps", "tmpdir"]) {
        if (typeof globalThis[name] === "undefined") console.log("missing", name);
      }
      if (imported.readFileSync !== fs.readFileSync) console.log("another zx");
      cd(workdir);
      const here = await $\`pwd\`;
      console.log("here", here.stdout.trim() === workdir, process.env.ICECORE_ZX_CONTEXT);
      await $\`sh -c 'echo quietly; exit 3'\`.nothrow();
      fs.writeFileSync(beside, "made");
      emit({ type: "progress", done: 1, unit: "files" });
      export default { artifacts: [{ kind: "made", path: beside }] };
    `;
    const cwd = Deno.cwd();
    const { result, message, texts, events } = await attemptFile(lab, "look.zx.mjs", text, {
      options: { to: "vault" },
    });
    assert.equal(message, "");
    assert.deepEqual(texts, [
      `look: size ${result!.image.sizeBytes} vault 1`,
      "look: here true undefined",
    ]);
    assert.ok(events.some((event) => event.type === "progress" && event.step === "look"));
    assert.equal(readFileSync(lab.at("out.img.look"), "utf8"), "made");
    assert.equal(result!.image.artifacts.at(-1)!.path, lab.at("out.img.look"));
    assert.equal(Deno.cwd(), cwd, "cd is the script's own");
    await assertNothingLeft(lab);
  });
});

Deno.test("what a zx script has begun and does not await is waited for", async () => {
  await inLab(async (lab) => {
    const text = "setTimeout(() => emit({ type: 'message', level: 'info', text: 'late' }), 200);\n";
    const { message, texts } = await attemptFile(lab, "late.zx.mjs", text);
    assert.equal(message, "");
    assert.deepEqual(texts, ["late"]);
  });
});

Deno.test("a zx script may be TypeScript", async () => {
  await inLab(async (lab) => {
    const text = `const n: number = image.sizeBytes; console.log(n > 0 ? "typed" : "");\n`;
    assert.deepEqual((await attemptFile(lab, "typed.zx.ts", text)).texts, ["typed: typed"]);
  });
});

const faults = [
  ...zxFaults,
  ["hangs", "await sleep(100_000);", /did not end within 2 seconds/],
] as const;

for (const [what, text, says] of faults) {
  Deno.test(`a zx script that ${what} fails the build and leaves nothing`, async () => {
    await inLab(async (lab) => {
      const { error, message } = await attemptFile(lab, "bad.zx.mjs", `${text}\n`, {
        options: what === "hangs" ? { timeout: 2 } : {},
      });
      assert.match(message, says);
      assert.ok(error instanceof StepError && error.step === "bad");
      await assertNothingBuilt(lab);
    });
  });
}

Deno.test("an abort ends a zx script and the programs it has started", async () => {
  await inLab(async (lab) => {
    const text = "await $`env LAB=${image.path.replace(/.out.img.partial$/, '')} sh -c " +
      `'touch ${lab.at("reached")}; sleep 100'\`;\n`;
    const interruption = new AbortController();
    const building = attemptFile(lab, "slow.zx.mjs", text, { signal: interruption.signal });
    await appearance(lab.at("reached"));
    interruption.abort(new InterruptedError("SIGINT"));
    assert.ok((await building).error instanceof InterruptedError);
    assert.ok(!existsSync(lab.at("out.img")));
    await assertNothingBuilt(lab);
  });
});
