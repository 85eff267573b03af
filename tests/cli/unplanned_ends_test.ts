import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { icecore, inLab, type Lab } from "../faults/lab.ts";
import { moduleFaults } from "../loading/module_faults.ts";

function stepOf(lab: Lab, run: string): string {
  writeFileSync(
    lab.at("odd.ts"),
    `import process from "node:process";\nexport default { name: "odd", after: "scan", async run() {\n` +
      `${run}\nawait new Promise((done) => setTimeout(done, 200));\nvoid process; } };\n`,
  );
  return lab.at("odd.ts");
}

for (
  const [what, run, says] of [
    [
      "forgets to await what fails",
      "Promise.reject(new Error('no net'));",
      /^icecore: cannot go on: an error was thrown where nobody waits for it: no net, at \/.*odd\.ts:3:\d+\. Await/m,
    ],
    [
      "throws in a timer",
      "setTimeout(() => { throw new Error('too late'); }, 10);",
      /^icecore: cannot go on: an error was thrown where nobody waits for it: too late, at \/.*odd\.ts/m,
    ],
    [
      "ends the process",
      "process.exit(0);",
      /^icecore: a step ended the process before all was done, which nobody but icecore may do\./m,
    ],
  ] as const
) {
  Deno.test(`a step that ${what} fails the build, and nothing is left`, async () => {
    await inLab(async (lab) => {
      const args = [
        "build",
        "source",
        "-o",
        "out.img",
        "--use",
        stepOf(lab, run),
      ];
      const { code, stdout, stderr } = await icecore(lab, args);
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(stderr, says);
      const left = readdirSync(lab.folder).filter((name) =>
        name.startsWith("out.img")
      );
      assert.deepEqual(left, []);
    });
  });
}

Deno.test("what a step prints to its console goes to stderr, and the result alone to stdout", async () => {
  await inLab(async (lab) => {
    const step = stepOf(lab, "console.log('to me'); console.info('and me');");
    const { code, stdout, stderr } = await icecore(lab, [
      "build",
      "source",
      "--use",
      step,
      "--json",
    ]);
    assert.equal(code, 0, stderr);
    for (const line of stdout.trimEnd().split("\n")) JSON.parse(line);
    assert.match(stderr, /to me\nand me\n/);
  });
});

for (const [what, text] of moduleFaults) {
  Deno.test(`a module that ${what} fails the build and the dry run`, async () => {
    await inLab(async (lab) => {
      writeFileSync(lab.at("bad.ts"), text);
      for (
        const dry of what.includes("interrupted") ? [[]] : [[], ["--dry-run"]]
      ) {
        const args = [
          "build",
          "source",
          "-o",
          "out.img",
          "--use",
          lab.at("bad.ts"),
          ...dry,
        ];
        const { code, stdout, stderr } = await icecore(lab, args);
        assert.equal(code, 1, stderr);
        if (dry.length === 0) assert.equal(stdout, "");
        assert.match(stderr, /^icecore: /);
      }
    });
  });
}
