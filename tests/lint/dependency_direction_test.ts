import assert from "node:assert/strict";
import { checkDirection } from "./dependency_direction.ts";
import { cleanTree, type Tree, withTree } from "./fixture.ts";
import { repositoryRoot } from "./source_files.ts";
import { formatViolation } from "./violation.ts";

async function violationsOf(change: Tree): Promise<string[]> {
  let found: string[] = [];
  await withTree({ ...cleanTree, ...change }, async (root) => {
    found = (await checkDirection(root)).map(formatViolation);
  });
  return found;
}

Deno.test("a tree that keeps to the arrows passes", async () => {
  assert.deepEqual(await violationsOf({}), []);
});

Deno.test("this repository keeps to the arrows", async () => {
  assert.deepEqual(
    (await checkDirection(repositoryRoot)).map(formatViolation),
    [],
  );
});

const upward: { name: string; file: string; text: string; says: RegExp }[] = [
  {
    name: "a step imports the command line",
    file: "steps/hash.ts",
    text: '\nimport "../cli/args.ts";\n',
    says:
      /^steps\/hash\.ts:2: steps\/hash\.ts imports cli\/args\.ts: a step stands on source\/, pipeline\//,
  },
  {
    name: "a plugin imports host past the entries",
    file: "plugins/notify.ts",
    text: 'import "../host/runtime.ts";\n',
    says:
      /imports host\/runtime\.ts: .* the public entries .* It may import entries: export it there/,
  },
  {
    name: "a plugin imports a step",
    file: "plugins/notify.ts",
    text: 'import "../steps/scan.ts";\n',
    says:
      /^plugins\/notify\.ts:1: .* a plugin of ours has no more rights than anyone's/,
  },
  {
    name: "a plugin imports another plugin",
    file: "plugins/notify.ts",
    text: 'import "./age.ts";\n',
    says:
      /imports plugins\/age\.ts: .* Give a plugin of several files a folder of its own\.$/,
  },
  {
    name: "mod.ts imports the command line",
    file: "mod.ts",
    text: 'export * from "./steps/scan.ts";\nexport * from "./cli/args.ts";\n',
    says:
      /^mod\.ts:2: mod\.ts imports cli\/args\.ts: mod\.ts, read\.ts and plugin\.ts export what lies/,
  },
  {
    name: "an entry for reading imports a plugin",
    file: "read.ts",
    text: 'export * from "./plugins/age.ts";\n',
    says:
      /^read\.ts:1: read\.ts imports plugins\/age\.ts: mod\.ts, read\.ts and plugin\.ts export/,
  },
  {
    name: "a step imports mod.ts by the package's name",
    file: "steps/hash.ts",
    text: 'import type { Step } from "icecore";\nexport const s: Step = {};\n',
    says:
      /^steps\/hash\.ts:1: steps\/hash\.ts imports mod\.ts: a step stands on source\/, pipeline\//,
  },
  {
    name: "a step imports the reading of images",
    file: "steps/hash.ts",
    text: 'import "../image/open.ts";\n',
    says: /^steps\/hash\.ts:1: .* knows neither images nor the CLI/,
  },
  {
    name: "source imports a step",
    file: "source/walk.ts",
    text: 'import "../steps/scan.ts";\n',
    says:
      /^source\/walk\.ts:1: .* source\/ reads folders that are to be stored/,
  },
  {
    name: "the pipeline imports a step",
    file: "pipeline/run.ts",
    text: 'await import("../steps/scan.ts");\n',
    says:
      /imports steps\/scan\.ts: the pipeline imports no step and no machine/,
  },
  {
    name: "the pipeline imports host",
    file: "pipeline/run.ts",
    text: 'import type {} from "../host/runtime.ts";\n',
    says:
      /imports host\/runtime\.ts: the pipeline imports no step and no machine/,
  },
  {
    name: "the pipeline imports more than types of ext4",
    file: "pipeline/run.ts",
    text: 'import { text } from "../ext4/tree.ts";\nconsole.log(text);\n',
    says:
      /imports ext4\/tree\.ts: only types of ext4\/ may be imported\. Write "import type"\.$/,
  },
  {
    name: "host imports something of ours",
    file: "host/files.ts",
    text: 'import type {} from "../pipeline/step.ts";\n',
    says:
      /imports pipeline\/step\.ts: host\/ is the machine and knows nothing of ours\. Pass it in/,
  },
  {
    name: "ext4 imports something of ours",
    file: "ext4/plan.ts",
    text: 'import "../host/runtime.ts";\n',
    says: /imports host\/runtime\.ts: ext4\/ is pure/,
  },
  {
    name: "ext4 imports a module of the runtime",
    file: "ext4/plan.ts",
    text: 'import { Buffer } from "node:buffer";\nconsole.log(Buffer);\n',
    says:
      /imports node:buffer: ext4\/ is pure: .* Pass in what it needs as a parameter\.$/,
  },
  {
    name: "ext4 imports a package",
    file: "ext4/plan.ts",
    text: 'import type { $ } from "npm:dax@0.49.0";\nexport type S = $;\n',
    says: /imports npm:dax@0\.49\.0: ext4\/ is pure/,
  },
  {
    name: "main.ts imports mod.ts",
    file: "main.ts",
    text: 'import "./mod.ts";\n',
    says:
      /^main\.ts:1: main\.ts imports mod\.ts: the executable is argv to exit code/,
  },
  {
    name: "a step imports a test",
    file: "steps/hash.ts",
    text: 'import "../tests/scan_test.ts";\n',
    says: /imports tests\/scan_test\.ts: .* Move what is shared out of it\.$/,
  },
  {
    name: "the command line imports a benchmark",
    file: "cli/build.ts",
    text: 'import "../bench/bench.ts";\n',
    says: /imports bench\/bench\.ts: .* Move what is shared out of it\.$/,
  },
  {
    name: "a step imports bun:ffi",
    file: "steps/hash.ts",
    text: 'const ffi = await import("bun:ffi");\nconsole.log(ffi);\n',
    says:
      /imports bun:ffi: only host\/ names a runtime\. Put what needs it into host\/\.$/,
  },
  {
    name: "an import leads nowhere",
    file: "steps/hash.ts",
    text: 'import "./missing.ts";\n',
    says:
      /imports steps\/missing\.ts: it cannot be resolved\. Correct the path\.$/,
  },
  {
    name: "a file lies in no layer",
    file: "util/strings.ts",
    text: "export {};\n",
    says: /^util\/strings\.ts:1: util\/strings\.ts lies in no layer\. Move it,/,
  },
];

for (const { name, file, text, says } of upward) {
  Deno.test(`it is a violation when ${name}`, async () => {
    const violations = await violationsOf({ [file]: text });
    assert.equal(violations.length, 1, violations.join("\n"));
    assert.match(violations[0] ?? "", says);
  });
}

Deno.test("it is a violation when files import each other, also when only types do", async () => {
  const violations = await violationsOf({
    "steps/a.ts": 'import type { B } from "./b.ts";\nexport type A = B;\n',
    "steps/b.ts": 'import type { C } from "./c.ts";\nexport type B = C;\n',
    "steps/c.ts": 'import type { A } from "./a.ts";\nexport type C = A;\n',
  });
  assert.deepEqual(violations, [
    "steps/a.ts:1: steps/a.ts imports steps/b.ts: a cycle, " +
    "steps/a.ts → steps/b.ts → steps/c.ts → steps/a.ts. " +
    "Move what they share into a file of its own.",
  ]);
});

Deno.test("it is a violation when folders import each other, though no two files do", async () => {
  const violations = await violationsOf({
    "ext4/plan/a.ts": 'import "../write/b.ts";\n',
    "ext4/plan/c.ts": "export {};\n",
    "ext4/write/b.ts": "export {};\n",
    "ext4/write/d.ts": '\nimport "../plan/c.ts";\n',
  });
  assert.deepEqual(violations, [
    "ext4/plan/a.ts:1: ext4/plan/a.ts imports ext4/write/b.ts: a circle of folders, " +
    "ext4/plan → ext4/write → ext4/plan, since ext4/write/d.ts imports ext4/plan/c.ts. " +
    "Move what they share into a folder below both.",
  ]);
});

Deno.test("a file beside a folder may use it and be used by it", async () => {
  const violations = await violationsOf({
    "ext4/plan.ts": 'import "./plan/a.ts";\n',
    "ext4/plan/a.ts": 'import "../tree.ts";\n',
  });
  assert.deepEqual(violations, []);
});

const named: { name: string; text: string }[] = [
  { name: "Deno", text: "export const a = Deno.args;\n" },
  { name: "Bun", text: "export const a = Bun.argv;\n" },
  {
    name: "globalThis.Deno",
    text: "export const a = (globalThis as any).Deno;\n",
  },
  {
    name: 'globalThis["Bun"]',
    text: 'export const a = (globalThis as any)["Bun"];\n',
  },
  { name: "typeof Deno", text: "export const a = typeof Deno;\n" },
  { name: "a type of Deno", text: "export let a: Deno.FileInfo;\n" },
  { name: "${Deno} in a template", text: "export const a = `${Deno}`;\n" },
  {
    name: "process.versions.bun",
    text: "export const a = process.versions.bun;\n",
  },
];

for (const { name, text } of named) {
  Deno.test(`it is a violation when a step names ${name}`, async () => {
    assert.deepEqual(await violationsOf({ "steps/hash.ts": `\n${text}` }), [
      "steps/hash.ts:2: steps/hash.ts names a runtime: only host/ does. " +
      "Put what needs it into host/.",
    ]);
  });
}
