/**
 * A source tree in a temporary folder, for the tests of the lints.
 * @module
 */

/** The files of a tree: path to contents. */
export type Tree = Readonly<Record<string, string>>;

/** A small tree that breaks no rule. */
export const cleanTree: Tree = {
  "deno.json": '{ "imports": { "icecore": "./mod.ts" } }',
  "main.ts": 'import "./cli/run.ts";\nimport "./host/runtime.ts";\n',
  "mod.ts":
    'export * from "./steps/scan.ts";\nexport * from "./pipeline/step.ts";\n',
  "read.ts": 'export { version } from "./host/runtime.ts";\n',
  "plugin.ts": 'export type { Tree } from "./ext4/tree.ts";\n',
  "cli/run.ts":
    'import "node:fs";\nimport { scan } from "../steps/scan.ts";\nimport "../mod.ts";\n' +
    'import "../host/runtime.ts";\nscan();\n',
  "cli/args.ts": "export {};\n",
  "plugins/age.ts":
    'import type { Step } from "icecore";\nexport const a: Step = {};\n',
  "plugins/s3/mod.ts": 'import "./client.ts";\nimport "../../mod.ts";\n',
  "plugins/s3/client.ts":
    'import "../../plugin.ts";\nimport "../../read.ts";\n',
  "steps/scan.ts": 'import "../host/runtime.ts";\nimport "../ext4/tree.ts";\n' +
    "export function scan() {}\n",
  "image/open.ts": 'import "../host/runtime.ts";\n',
  "pipeline/step.ts": 'import type { Tree } from "../ext4/tree.ts";\n' +
    "export interface Step { tree?: Tree }\n",
  "host/runtime.ts": "export const version = () => Deno.version.deno;\n",
  "ext4/tree.ts":
    'import "./inode.ts";\nexport interface Tree { name?: string }\n' +
    "// Deno and Bun may be named in a comment, and in a message:\n" +
    'export const text = "Deno or Bun";\n',
  "ext4/inode.ts": "export {};\n",
  "tests/scan_test.ts":
    'import "../steps/scan.ts";\nDeno.test("x", () => {});\n',
  "bench/bench.ts": 'import "../mod.ts";\nDeno.exit();\n',
};

/** Writes a tree, gives its root to `body`, and removes it afterwards. */
export async function withTree(
  tree: Tree,
  body: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "icecore-lint-" }),
  );
  try {
    for (const [path, text] of Object.entries(tree)) {
      await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]*$/, ""), {
        recursive: true,
      });
      await Deno.writeTextFile(`${root}/${path}`, text);
    }
    await body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
