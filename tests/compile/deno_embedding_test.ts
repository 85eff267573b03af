import assert from "node:assert/strict";
import { compile, otherTarget, root, standIn } from "./compile.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** Builds with a stand-in for Deno's runtime; gives the printed list and the names in the file. */
async function embed(
  entry: string,
  out: string,
): Promise<{ list: string; names: string[] }> {
  const argv = ["--target", otherTarget, "-o", out, entry];
  const { code, stdout, stderr } = await compile(argv, {
    env: { DENORT_BIN: standIn },
  });
  assert.equal(code, 0, stderr);
  const carrier = await Deno.readFile(standIn);
  const text = new TextDecoder("latin1").decode(await Deno.readFile(out));
  assert.ok(text.length > carrier.length, "something was embedded");
  return {
    list: stdout + stderr,
    names: [...text.matchAll(/"n":"([^"]*)"/g)].map((m) => m[1] ?? ""),
  };
}

Deno.test("deno compile embeds of icecore what is imported, and nothing else", async () => {
  await inTemporaryFolder(async (folder) => {
    const { list, names } = await embed(`${root}main.ts`, `${folder}/icecore`);
    assert.match(list, /Embedded Files/);
    assert.ok(names.includes("main.ts"), names.join(" "));
    for (const asset of ["page.js", "style.css"]) {
      assert.ok(names.includes(asset), asset);
    }
    for await (const worker of workersOf(root)) {
      assert.ok(names.includes(worker), worker);
    }
    const strangers = [
      "node_modules",
      "fast-check",
      // The programs of the packages bun and deno; folders of these names are hono's.
      "@oven",
      "@deno",
      "typescript",
      "esbuild",
      "tests",
      "bench",
      "icecore",
      "compile.sh",
      ".git",
    ];
    assert.deepEqual(strangers.filter((name) => names.includes(name)), []);
  });
});

Deno.test("deno compile embeds the worker beside an entry of one's own", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/entry.ts`, "console.log(1);\n");
    await Deno.writeTextFile(
      `${folder}/double_worker.ts`,
      "self.onmessage = () => {};\n",
    );
    await Deno.writeTextFile(`${folder}/private.ts`, "console.log(2);\n");
    const { names } = await embed(`${folder}/entry.ts`, `${folder}/own`);
    assert.ok(names.includes("double_worker.ts"), names.join(" "));
    assert.ok(!names.includes("private.ts"), names.join(" "));
  });
});

Deno.test("deno compile embeds an npm package only when it is imported", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/entry.ts`,
      'import * as parser from "@optique/core/parser";\nconsole.log(parser);\n',
    );
    const { names } = await embed(`${folder}/entry.ts`, `${folder}/own`);
    assert.ok(names.includes("@optique"), names.join(" "));
    assert.deepEqual(
      names.filter((name) => name === "dax" || name === "fast-check"),
      [],
    );
  });
});

/** The names of the worker modules in the source tree. */
async function* workersOf(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const skipped = ["node_modules", "tests", "bench", "dist"].includes(
      entry.name,
    );
    if (entry.isDirectory && !skipped && !entry.name.startsWith(".")) {
      yield* workersOf(`${folder}/${entry.name}`);
    } else if (entry.name.endsWith("_worker.ts")) {
      yield entry.name;
    }
  }
}
