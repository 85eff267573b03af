import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { Buffer } from "node:buffer";
import { planOf, withImage } from "../support/images/write_image.ts";
import { type Served, whileServing } from "../support/servers/served.ts";
import { buildTree, file, folder } from "../support/trees/tree_builder.ts";

const NAMES = Array.from({ length: 40 }, (_, i) => `name ${i}.txt`);
const tree = buildTree(folder({
  broken: folder(NAMES.map((name) => [name, file(name)] as const)),
  sound: folder({ "note.txt": file("sound") }),
}));

/** Serves an image in which a block of names of the folder `broken` is damaged. */
const whileDamaged = (use: (served: Served) => Promise<void>) =>
  withImage(tree, planOf(tree), async (path, place) => {
    const bytes = readFileSync(path);
    const at = bytes.indexOf(Buffer.from("name 7.txt"));
    assert.ok(at > 0);
    bytes[at] = 0x4e;
    writeFileSync(path, bytes);
    await whileServing(path, place, use);
  });

Deno.test("of a damaged folder the page shows what can be made out, and the damage is named", async () => {
  await whileDamaged(async ({ at, problems }) => {
    assert.equal(await (await fetch(at("raw/sound/note.txt"))).text(), "sound");
    assert.deepEqual(problems, []);
    const page = await (await fetch(at("browse/broken"))).text();
    assert.ok(page.includes("<bdi>name 8.txt</bdi>") && page.includes("<bdi>Name 7.txt</bdi>"));
    assert.match(problems.join("\n"), /checksum/);
    assert.equal(await (await fetch(at("raw/sound/note.txt"))).text(), "sound");
    const { rows } = await (await fetch(at("list/broken?from=0&to=100"))).json();
    assert.equal(rows.length, NAMES.length);
  });
});

Deno.test("a search and an archive go on behind what is damaged", async () => {
  await whileDamaged(async ({ at }) => {
    const lines = (await (await fetch(at("search/?q=name"))).text()).trim().split("\n");
    assert.equal(lines.length, NAMES.length + 1);
    assert.equal((await (await fetch(at("search/?q=note"))).text()).trim().split("\n").length, 2);
  });
  for (const part of ["tar/", "zip/"]) {
    await whileDamaged(async ({ at }) => {
      const answer = await fetch(at(part));
      const bytes = await answer.arrayBuffer();
      assert.equal(answer.status, 200, part);
      assert.equal(answer.headers.get("content-length"), String(bytes.byteLength), part);
    });
  }
});
