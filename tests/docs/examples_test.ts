import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import keepCopy from "../../examples/keep_copy.ts";
import { pipeline, recipes } from "../../mod.ts";
import { importGraph } from "../lint/import_graph.ts";
import { repositoryRoot } from "../lint/source_files.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** The program among the examples, which uses the others. */
const PROGRAM = "examples/my-backup.ts";

Deno.test("examples/my-backup.ts backs a folder up, run from its source", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/photos`);
    mkdirSync(`${folder}/vault`);
    writeFileSync(`${folder}/photos/note.txt`, "An ice core never changes.\n");
    const argv = ["run", "--quiet", "--allow-all", `${repositoryRoot}/${PROGRAM}`];
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...argv, "photos", "vault"],
      cwd: folder,
    }).output();
    const said = new TextDecoder().decode(stdout);
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const [copy] = readdirSync(`${folder}/vault`);
    assert.match(copy ?? "", /^[0-9a-f]{12}-photos\.img$/);
    assert.ok(said.includes(`copy ${folder}/vault/${copy}\n`), said);
    assert.deepEqual(
      readFileSync(`${folder}/vault/${copy}`),
      readFileSync(`${folder}/photos.img`),
    );
  }));

Deno.test("no copy replaces another, whatever it is hashed by", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/photos`);
    mkdirSync(`${folder}/vault`);
    for (const note of ["one", "two"]) {
      writeFileSync(`${folder}/photos/note.txt`, note);
      await pipeline(recipes.native).with("pack", { algorithm: "sha256" })
        .with("hash", { algorithm: "sha256" }).use(keepCopy, {
          vault: `${folder}/vault`,
        })
        .run({ sources: [`${folder}/photos`], output: `${folder}/photos.img`, force: true });
    }
    assert.equal(readdirSync(`${folder}/vault`).length, 2);
  }));

Deno.test("no example is left out: the program uses every one", async () => {
  const used = (await importGraph(repositoryRoot))
    .filter(({ from, to }) => from.startsWith("examples/") && to.startsWith("examples/"))
    .map(({ to }) => to);
  const all = readdirSync(`${repositoryRoot}/examples`).filter((name) => name.endsWith(".ts"))
    .map((name) => `examples/${name}`);
  assert.deepEqual([...new Set([PROGRAM, ...used])].sort(), all.sort());
});
