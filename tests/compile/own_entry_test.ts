import assert from "node:assert/strict";
import { compile, root, run } from "./compile.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const entry = `
const worker = new Worker(new URL("./double_worker.ts", import.meta.url), { type: "module" });
worker.onmessage = (event) => {
  console.log("the worker says", event.data);
  worker.terminate();
};
worker.postMessage(21);
`;
const workerSource = `
self.onmessage = (event) => self.postMessage(event.data * 2);
`;

Deno.test("an entry of one's own is built with Bun, and its worker runs", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/pipeline.ts`, entry);
    await Deno.writeTextFile(`${folder}/double_worker.ts`, workerSource);
    const built = await compile(["--runtime", "bun", "pipeline.ts"], {
      cwd: folder,
    });
    assert.equal(built.code, 0, built.stderr);
    await Deno.remove(`${folder}/pipeline.ts`);
    await Deno.remove(`${folder}/double_worker.ts`);
    const ran = await run(`${folder}/dist/pipeline`, [], { cwd: "/" });
    assert.deepEqual(ran, {
      code: 0,
      stdout: "the worker says 42\n",
      stderr: "",
    });
  });
});

Deno.test("an entry of one's own imports icecore by its name", async () => {
  await inTemporaryFolder(async (folder) => {
    const source =
      `import * as icecore from "icecore"; console.log(Object.keys(icecore).length);\n`;
    await Deno.writeTextFile(`${folder}/pipeline.ts`, source);
    const built = await compile([
      "--runtime",
      "bun",
      "-o",
      "own",
      "pipeline.ts",
    ], { cwd: folder });
    assert.equal(built.code, 0, built.stderr);
    const ran = await run(`${folder}/own`, [], { cwd: "/" });
    assert.equal(ran.code, 0, ran.stderr);
    assert.ok(Number(ran.stdout) > 0, ran.stdout);
  });
});

const backup = `import { pipeline, recipes } from "icecore";
const request = { sources: ["photos"], output: "photos.img" };
const { image } = await pipeline(recipes.native).run(request);
console.log(image.name);
`;
const names = { compilerOptions: { paths: { icecore: ["./icecore/mod.ts"] } } };

for (
  const [project, files] of [
    ["Deno", { "deno.json": { imports: { icecore: "./icecore/mod.ts" } } }],
    ["Bun", { "package.json": { type: "module" }, "tsconfig.json": names }],
  ] as const
) {
  Deno.test(`a project of ${project} that links to icecore is built with Bun, and builds`, async () => {
    await inTemporaryFolder(async (folder) => {
      await Deno.symlink(root.replace(/\/$/, ""), `${folder}/icecore`);
      await Deno.mkdir(`${folder}/photos`);
      await Deno.writeTextFile(`${folder}/photos/a.txt`, "ice");
      await Deno.writeTextFile(`${folder}/backup.ts`, backup);
      for (const [name, content] of Object.entries(files)) {
        await Deno.writeTextFile(`${folder}/${name}`, JSON.stringify(content));
      }
      const argv = ["--runtime", "bun", "backup.ts"];
      const built = await run(`${folder}/icecore/compile.sh`, argv, {
        cwd: folder,
      });
      assert.equal(built.code, 0, built.stderr);
      const ran = await run(`${folder}/dist/backup`, [], { cwd: folder });
      assert.deepEqual(ran, { code: 0, stdout: "photos.img\n", stderr: "" });
    });
  });
}

Deno.test("an executable reads neither .env nor bunfig.toml of the current folder", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/entry.ts`,
      "console.log(process.env.FROM_DOTENV);\n",
    );
    const built = await compile(["--runtime", "bun", "-o", "own", "entry.ts"], {
      cwd: folder,
    });
    assert.equal(built.code, 0, built.stderr);
    await Deno.writeTextFile(`${folder}/.env`, "FROM_DOTENV=yes\n");
    await Deno.writeTextFile(
      `${folder}/bunfig.toml`,
      'preload = ["./missing.ts"]\n',
    );
    const ran = await run(`${folder}/own`, [], { cwd: folder });
    assert.deepEqual(ran, { code: 0, stdout: "undefined\n", stderr: "" });
  });
});
