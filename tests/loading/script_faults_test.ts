import assert from "node:assert/strict";
import { InterruptedError, loadStep, StepError } from "../../mod.ts";
import { assertNothingBuilt, assertNothingLeft, inLab } from "../faults/lab.ts";
import { appearance } from "../support/programs/appearance.ts";
import { attempt, attemptFile, put } from "./attempt.ts";

/** A script's lines behind `#!/bin/sh`, and what the failed build says. */
const faults: readonly (readonly [what: string, script: string, says: RegExp])[] = [
  [
    "a non-zero exit",
    "echo 'the vault is closed.' >&2; exit 7",
    /^step bad failed: .*bad\.sh ended with exit code 7: the vault is closed\. Correct what/,
  ],
  ["a signal", "kill -KILL $$", /bad\.sh was ended by SIGKILL\. Look for who ended it/],
  [
    "words on stdout",
    "echo hello",
    /it wrote "hello" to stdout, which is not an event: it is not JSON/,
  ],
  [
    "a binary on stdout",
    "head -c 100 /dev/zero",
    /to stdout, which is not an event: it is not JSON/,
  ],
  ["a line without an end", "head -c 3000000 /dev/zero | tr '\\0' x", /"x{79}…" to stdout/],
  ["an unknown event", `echo '{"type":"done"}'`, /there is no event "done" for steps/],
  ["an event named as what every object has", `echo '{"type":"toString"}'`, /no event "toString"/],
  ["an event that is not its to send", `echo '{"type":"step-finished"}'`, /no event "step-fin/],
  ["an event without a field", `echo '{"type":"progress","done":1}'`, /it needs "unit"/],
  [
    "an event with a wrong field",
    `echo '{"type":"message","level":"loud","text":""}'`,
    /level: expected one of debug, info, warning, not "loud"/,
  ],
  ["a list", "echo '[1]'", /expected an object, not \[1\]/],
  ["nothing", "echo null", /expected an object, not null/],
  ["a mistyped result", `echo '{"artefacts":[]}'`, /"artefacts" is unknown\. Did you mean artifa/],
  ["two results", "echo '{}'; echo '{}'", /it has said already what it made/],
  [
    "an artifact that is not there",
    `echo '{"artifacts":[{"kind":"x","path":"/nowhere/x"}]}'`,
    /names \/nowhere\/x as something it made, but there is no such file/,
  ],
  [
    "an artifact that will not stay",
    `touch "$ICECORE_WORKDIR/x"; printf '{"artifacts":[{"kind":"x","path":"%s/x"}]}' "$ICECORE_WORKDIR"`,
    /lies in the build's private folder, which is removed\. Write it to "\$ICECORE_BESIDE"/,
  ],
  [
    "an image changed in secret",
    `printf x | dd of="$ICECORE_IMAGE" bs=1 conv=notrunc 2>/dev/null`,
    /it changed the image without saying so\. Add changes: true/,
  ],
  ["an image removed in secret", `rm "$ICECORE_IMAGE"`, /it changed the image without saying so/],
  [
    "a hang",
    "sleep 100 & sleep 100",
    /it did not end within 0\.3 seconds\. .*set a longer bad\.timeout/,
  ],
  ["a hang that hears no signal", "trap '' TERM; sleep 1; sleep 100", /did not end within 0\.3/],
];

for (const [what, script, says] of faults) {
  Deno.test(`a script with ${what} fails the build and leaves nothing`, async () => {
    await inLab(async (lab) => {
      const text =
        `#!/bin/sh\nexport LAB='${lab.folder}'\necho half > "$ICECORE_BESIDE"\n${script}\n`;
      const hangs = what.startsWith("a hang");
      const { error, message, events } = await attemptFile(lab, "bad.sh", text, {
        options: hangs ? { timeout: 0.3 } : {},
      });
      assert.match(message, says);
      assert.ok(error instanceof StepError && error.step === "bad");
      assert.equal(events.at(-1)?.type, "build-failed");
      await assertNothingBuilt(lab);
    });
  });
}

Deno.test("an interpreter that is not there is named as what may be wrong", async () => {
  await inLab(async (lab) => {
    const { message } = await attemptFile(lab, "bad.sh", "#!/no/such/shell\n");
    assert.match(
      message,
      /cannot start .*bad\.sh: no such file or directory\. If it is a script, /,
    );
    await assertNothingBuilt(lab);
  });
});

Deno.test("an abort ends a script and all it has started", async () => {
  await inLab(async (lab) => {
    const text = `#!/bin/sh\nexport LAB='${lab.folder}'\nsetsid sleep 100 & touch ${
      lab.at("reached")
    }; sleep 100\n`;
    const interruption = new AbortController();
    const building = attemptFile(lab, "slow.sh", text, { signal: interruption.signal });
    await appearance(lab.at("reached"));
    interruption.abort(new InterruptedError("SIGINT"));
    assert.ok((await building).error instanceof InterruptedError);
    await assertNothingBuilt(lab);
  });
});

Deno.test("what a script leaves running ends with it, and its open pipe holds nothing up", async () => {
  await inLab(async (lab) => {
    const text = `#!/bin/sh\nexport LAB='${lab.folder}'\nsleep 100 & setsid sleep 100 & exit 0\n`;
    assert.equal((await attemptFile(lab, "leaver.sh", text)).message, "");
    await assertNothingLeft(lab);
  });
});

const headers: readonly (readonly [line: string, says: RegExp])[] = [
  ["# icecore: {name: 1}", /in line 2 is wrong: expected .* a string in "double quotes"/],
  [`# icecore: {"nam": "x"}`, /line 2 is wrong: nam: "nam" is unknown\. Did you mean name/],
  [`# icecore: {"name": "Big"}`, /name: "Big" does not look right \(a-z, 0-9 and hyphens\)/],
  [`# icecore: {"changes": "yes"}`, /changes: expected true or false, not "yes"/],
  [`# icecore: {"after": "a", "before": "b"}`, /it has both before and after; one is enough/],
  [
    `# icecore: {"after": "a"}\n# icecore: {"after": "b"}`,
    /in line 3 is wrong: after is said twice/,
  ],
  [
    `# icecore: {"options": {"to": {"type": "text", "help": ""}}}`,
    /options\.to\.type: expected one/,
  ],
  [`# icecore: {"options": {"to": {"type": "string"}}}`, /options\.to: it needs "help"/],
];

for (const [line, says] of headers) {
  Deno.test(`the header ${line} is refused`, async () => {
    await inLab(async (lab) => {
      const path = put(lab, "x.sh", `#!/bin/sh\n${line}\n`);
      await assert.rejects(loadStep(path), {
        name: "PluginError",
        code: "bad-header",
        message: says,
      });
    });
  });
}

Deno.test("files that are not steps are distinguished", async () => {
  await inLab(async (lab) => {
    const refused = (path: string, code: string, message: RegExp) =>
      assert.rejects(loadStep(path), { name: "UsageError", code, message });
    await refused(lab.at("none.sh"), "no-such-step", /there is no such file\. Correct the path/);
    await refused("uplaod", "no-such-step", /no step of that name is built in, .*\.\/uplaod/);
    await refused(lab.source, "no-such-step", /it is a folder\. Name a module/);
    put(lab, "plain.sh", "echo\n");
    await refused(lab.at("plain.sh"), "not-executable", /Allow it with: chmod \+x .*plain\.sh$/);
    const builtins = { age: () => Promise.reject(new Error("not asked for")) };
    await assert.rejects(loadStep("agee", { builtins }), { message: /Did you mean age\?/ });
  });
});

Deno.test("a script that fails after another has made something leaves neither", async () => {
  await inLab(async (lab) => {
    const maker = `#!/bin/sh\necho x > "$ICECORE_BESIDE"
printf '{"artifacts":[{"kind":"x","path":"%s"}]}' "$ICECORE_BESIDE"\n`;
    const first = await loadStep(put(lab, "maker.sh", maker));
    const second = await loadStep(put(lab, "bad.sh", "#!/bin/sh\nexit 1\n"));
    const { message, events } = await attempt(lab, first, {}, [second]);
    assert.match(message, /bad\.sh ended with exit code 1/);
    assert.ok(events.some((event) => event.type === "step-finished" && event.step === "maker"));
    await assertNothingBuilt(lab);
  });
});
