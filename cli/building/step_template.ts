/**
 * What `icecore new-step` writes: a step, and its test. Both run as they are.
 * @module
 */

/** The step. @param name Lower case letters, digits and hyphens. */
export function stepText(name: string): string {
  return `/**
 * \`${name}\`: copies what is to be kept elsewhere into a folder. Make it your own.
 *
 * Try it:     icecore build DIR --use ./${name}.ts --set ${name}.to=/mnt/backup
 * Its place:  --use after:STEP=./${name}.ts, else what \`after\` says below
 */

import { defineStep } from "icecore";

export default defineStep({
  name: "${name}",
  summary: "copy the image into a folder",

  // Its place where the user names none; \`before\` is the other way round.
  after: "hash",

  // Checked before the first byte is written. A secret has \`secret: true\`: it then comes from
  // the environment, a file or a prompt, and is never shown.
  options: {
    to: { type: "string", help: "the folder to copy into", required: true },
  },

  // Programs it runs; a missing one is named before the build begins.
  tools: ["cp"],

  async run(image, { $, options, emit }) {
    // What an earlier step made to be kept elsewhere, such as the encrypted form; else the image.
    const { path, name } = image.payload ?? image;
    const target = \`\${options.to}/\${name}\`;

    // $ quotes each argument, and fails the build when the program fails.
    await $\`cp \${path} \${target}\`.quiet();

    emit({ type: "message", level: "info", text: \`copied to \${target}\` });

    // Return { ...image, … } when the record changes; nothing otherwise. A step that changes the
    // image's bytes says so with \`changes: true\`, and the digest is computed again.
  },
});
`;
}

/** Its test. */
export function testText(name: string): string {
  return `/**
 * Builds a small image with the step, as a user does, and looks at what came of it.
 *
 * Run it:  deno test --allow-all --no-check ${name}_test.ts     or     bun test ./${name}_test.ts
 * ICECORE is the program to test with, when it is not \`icecore\` on PATH.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import test from "node:test";
import { fileURLToPath } from "node:url";

const icecore = process.env["ICECORE"] ?? "icecore";
const step = fileURLToPath(new URL("./${name}.ts", import.meta.url));

function build(folder: string, ...args: string[]) {
  mkdirSync(\`\${folder}/source\`);
  writeFileSync(\`\${folder}/source/note.txt\`, "An ice core never changes.\\n");
  const all = ["build", "source", "-o", "core.img", "--use", step, ...args];
  return spawnSync(icecore, all, { cwd: folder, encoding: "utf8" });
}

function inFolder(body: (folder: string) => void): void {
  const folder = mkdtempSync(\`\${tmpdir()}/${name}-\`);
  try {
    body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the image is copied, byte for byte", () => {
  inFolder((folder) => {
    mkdirSync(\`\${folder}/vault\`);
    const { status, stderr } = build(folder, "--set", \`${name}.to=\${folder}/vault\`);
    assert.equal(status, 0, stderr);
    assert.deepEqual(readFileSync(\`\${folder}/vault/core.img\`), readFileSync(\`\${folder}/core.img\`));
  });
});

test("when it fails, the build fails with its name and leaves no image", () => {
  inFolder((folder) => {
    const { status, stderr } = build(folder, "--set", \`${name}.to=\${folder}/missing\`);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /step ${name} failed: .*missing/);
    assert.ok(!existsSync(\`\${folder}/core.img\`));
  });
});
`;
}
