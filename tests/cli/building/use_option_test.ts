import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseUse } from "../../../cli/building/use_option.ts";
import {
  assertInterruptible,
  assertNothingBuilt,
  assertNothingLeft,
  icecore,
  icecoreArgv,
  inLab,
  type Lab,
  start,
} from "../../faults/lab.ts";
import { put } from "../../loading/attempt.ts";
import { appearance } from "../../support/programs/appearance.ts";

const build = (lab: Lab, ...args: string[]) =>
  icecore(lab, ["build", "source", "-o", "out.img", "--without", "fsck", ...args]);

const sayer = (name: string, header = "{}") =>
  `#!/bin/sh\n# icecore: ${header}\necho ${name} >> "$LAB/order"\n`;

const parsed: readonly (readonly [used: string, place: unknown, reference: string])[] = [
  ["age", undefined, "age"],
  ["./a=b.ts", undefined, "./a=b.ts"],
  ["after:hash=age", { after: "hash" }, "age"],
  ["before:pack=./my:odd=name.sh", { before: "pack" }, "./my:odd=name.sh"],
];

for (const [used, placement, reference] of parsed) {
  Deno.test(`--use ${used} is understood`, () => {
    assert.deepEqual(parseUse(used), { placement, reference });
  });
}

for (const used of ["after:hash", "after:=x", "before:hash=", ""]) {
  Deno.test(`--use ${JSON.stringify(used)} is refused`, () => {
    assert.throws(() => parseUse(used), {
      code: "bad-use",
      message: /is not of the form PLUGIN, /,
    });
  });
}

Deno.test("several --use run where they are put, in the order given", async () => {
  await inLab(async (lab) => {
    for (const name of ["a", "b", "c"]) put(lab, `${name}.sh`, sayer(name, `{"after": "pack"}`));
    put(
      lab,
      "first.ts",
      `import { writeFileSync } from "node:fs";
      export default { name: "first", before: "scan", shell: false,
        run: (image: { path: string }) => writeFileSync("order", "first\\n") };\n`,
    );
    const { code, stderr } = await build(
      lab,
      ...["./b.sh", "after:hash=./c.sh", "./a.sh", "./first.ts"].flatMap((use) => ["--use", use]),
      ...["--set", "a.timeout=60"],
    );
    assert.equal(code, 0, stderr);
    assert.equal(readFileSync(lab.at("order"), "utf8"), "first\nb\na\nc\n");
    await assertNothingLeft(lab);
  });
});

const refused: readonly (readonly [args: readonly string[], code: number, says: RegExp])[] = [
  [["--use", "./gone.sh"], 2, /^icecore: cannot use \.\/gone\.sh: there is no such file/],
  [["--use", "agee"], 2, /no step of that name is built in, .*Did you mean age\?/],
  [["--use", "./plain"], 2, /it is not executable\. Allow it with: chmod \+x \.\/plain/],
  [["--use", "./shape.ts"], 2, /cannot use \.\/shape\.ts: .*it has no run function/],
  [["--use", "./syntax.ts"], 1, /cannot load \.\/syntax\.ts: .*syntax\.ts:1:\d+.* Correct the/],
  [
    ["--use", "./fails.sh"],
    1,
    /^icecore: step fails failed: \.\/fails\.sh ended with exit code 1: on purpose\./,
  ],
  [["--use", "after:hsah=./ok.sh"], 2, /cannot put ok after hsah: .* Did you mean hash\?/],
  [["--use", "before:scan=./late.sh"], 2, /cannot run late first: the image is planned then/],
  [["--use", "./ok.sh", "--use", "./ok.sh"], 2, /cannot have two steps named ok/],
  [
    ["--use", "./hashes.sh", "--without", "hash"],
    2,
    /Give it another place \(--use after:STEP=hashes\)\./,
  ],
  [["--use", "./ok.sh", "--set", "ok.to=x"], 2, /step ok has no such option/],
  [
    ["--use", "./needs.sh"],
    2,
    /it needs the option to \(where\)\. Set needs\.to \(--set needs\.to=VALUE\)\./,
  ],
  [["--recipe", "gone.json"], 2, /cannot use the recipe gone\.json: there is no such file/],
  [["--recipe", "bad.json"], 2, /cannot use the recipe bad\.json, line 2, use\[0\]: it needs "st/],
  [["--recipe", "natve"], 2, /Did you mean native\?/],
];

Deno.test("what cannot be used is explained, with the right exit code, and leaves nothing", async (t) => {
  await inLab(async (lab) => {
    put(lab, "plain", "echo\n");
    put(lab, "shape.ts", "export default { name: 'x' };\n");
    put(lab, "syntax.ts", "export default {{;\n");
    put(lab, "fails.sh", "#!/bin/sh\necho 'on purpose' >&2; exit 1\n");
    put(lab, "ok.sh", "#!/bin/sh\n");
    put(lab, "late.sh", `#!/bin/sh\n# icecore: {"accepts": ["sealed"]}\n`);
    put(lab, "hashes.sh", `#!/bin/sh\n# icecore: {"after": "hash"}\n`);
    const option = `{"to": {"type": "string", "help": "where", "required": true}}`;
    put(lab, "needs.sh", `#!/bin/sh\n# icecore: {"options": ${option}}\n`);
    put(lab, "bad.json", `{"use": [\n{}]}`);
    for (const [args, expected, says] of refused) {
      await t.step(args.join(" "), async () => {
        const { code, stdout, stderr } = await build(lab, "-q", ...args);
        assert.match(stderr.replaceAll(lab.folder, "."), says);
        assert.equal(code, expected, stderr);
        assert.equal(stdout, "");
        await assertNothingBuilt(lab);
      });
    }
  });
});

Deno.test("Ctrl-C during a script ends its processes and leaves nothing", async () => {
  await inLab(async (lab) => {
    const text = `#!/bin/sh\nsetsid sleep 100 &\ntouch "$LAB/reached"\nsleep 100\n`;
    put(lab, "slow.sh", text);
    const args = ["build", "source", "-o", "out.img", "--without", "fsck", "--use", "./slow.sh"];
    const child = start(lab, icecoreArgv(args));
    await appearance(lab.at("reached"));
    await assertInterruptible(lab, child);
  });
});

Deno.test("a module that leaves a timer behind does not keep icecore from ending", async () => {
  await inLab(async (lab) => {
    put(
      lab,
      "timer.ts",
      `setInterval(() => {}, 1000);
      export default { name: "timer", shell: false, run: () => {} };\n`,
    );
    const { code, stderr } = await build(lab, "--use", "./timer.ts");
    assert.equal(code, 0, stderr);
  });
});

Deno.test("a recipe file builds, with flags on top of it", async () => {
  await inLab(async (lab) => {
    put(lab, "say.sh", sayer("said", `{"after": "hash"}`));
    put(lab, "my.json", JSON.stringify({ without: ["fsck"], use: [{ step: "./say.sh" }] }));
    const args = ["build", "source", "-o", "out.img", "--recipe", "my.json", "--label", "vault"];
    const { code, stderr } = await icecore(lab, args);
    assert.equal(code, 0, stderr);
    assert.equal(readFileSync(lab.at("order"), "utf8"), "said\n");
    assert.match(readFileSync(lab.at("out.img"), "latin1").slice(1024, 2048), /vault/);
  });
});
