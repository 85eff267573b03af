import assert from "node:assert/strict";
import { readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { openImage } from "../../../image/open_image.ts";
import { buildImage, type StackBuild } from "../../support/mounts/mounted_stack.ts";
import { rangeServer } from "../../support/servers/range_server.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** Whether a layer holds the file `f` after a change to it. */
async function finds(
  change: (file: string) => void,
  build: StackBuild,
  contents = "before",
): Promise<{ isStored: boolean; warnings: string[] }> {
  let isStored = false;
  let warnings: string[] = [];
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    await Deno.mkdir(source);
    writeFileSync(`${source}/f`, contents);
    utimesSync(`${source}/f`, 1_600_000_000, 1_600_000_000);
    await buildImage(source, `${folder}/0.img`, build);
    change(`${source}/f`);
    const { events } = await buildImage(source, `${folder}/1.img`, {
      ...build,
      base: `${folder}/0.img`,
    });
    warnings = events.flatMap((event) =>
      event.type === "message" && event.level === "warning" ? event.text : []
    );
    isStored = await holds(`${folder}/1.img`, "f");
  });
  return { isStored, warnings };
}

async function holds(image: string, name: string): Promise<boolean> {
  await using layer = await openImage(image, { layer: true });
  for await (const { nameText } of layer.list("/")) if (nameText === name) return true;
  return false;
}

/** Writes as many bytes, and sets the time of modification back. */
function rewrite(file: string): void {
  const { atime, mtime } = statSync(file);
  writeFileSync(file, readFileSync(file, "utf8").replace(/./, "X"));
  utimesSync(file, atime, mtime);
}

function rewriteLater(file: string): void {
  writeFileSync(file, "behind");
}

for (
  const [how, build, isFound] of [
    ["is not found by size and time of modification", {}, false],
    ["is found by the change time, where the base has it", { times: "all" }, true],
    ["is found by the contents", { unchangedBy: "content" }, true],
  ] as const
) {
  Deno.test(`a change that puts the time back ${how}`, async () => {
    assert.equal((await finds(rewrite, build)).isStored, isFound);
  });
}

Deno.test("a new time of access is not a change", async () => {
  const read = (file: string) => {
    const { mtime } = statSync(file);
    utimesSync(file, 1_700_000_000, mtime);
  };
  assert.equal((await finds(read, {})).isStored, false);
  assert.equal((await finds(read, { unchangedBy: "content" })).isStored, false);
});

Deno.test("another time of modification is a change, whatever the contents", async () => {
  const touch = (file: string) => utimesSync(file, 1, 1_600_000_001);
  assert.equal((await finds(touch, {})).isStored, true);
  assert.equal((await finds(touch, { unchangedBy: "content" })).isStored, true);
});

Deno.test("the same contents are unchanged, where holes are long as well", async () => {
  const sparse = (file: string) => {
    const { atime, mtime } = statSync(file);
    truncateSync(file, 60e6);
    utimesSync(file, atime, mtime);
  };
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    await Deno.mkdir(source);
    writeFileSync(`${source}/f`, "data");
    sparse(`${source}/f`);
    await buildImage(source, `${folder}/0.img`);
    const options = { base: `${folder}/0.img`, unchangedBy: "content" } as const;
    await buildImage(source, `${folder}/1.img`, options);
    assert.equal(await holds(`${folder}/1.img`, "f"), false);
    // Data in what was a hole: no digest covers that.
    const { atime, mtime } = statSync(`${source}/f`);
    using file = await Deno.open(`${source}/f`, { write: true });
    await file.seek(50e6, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode("deep in the hole"));
    utimesSync(`${source}/f`, atime, mtime);
    await buildImage(source, `${folder}/2.img`, options);
    assert.equal(await holds(`${folder}/2.img`, "f"), true);
  });
});

Deno.test("a file with a time to come is named, and compared by its contents", async () => {
  const soon = Date.now() / 1000 + 86_400;
  const ahead = (file: string) => {
    writeFileSync(file, "BEFORE");
    utimesSync(file, soon, soon);
  };
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    await Deno.mkdir(source);
    writeFileSync(`${source}/f`, "before");
    utimesSync(`${source}/f`, soon, soon);
    await buildImage(source, `${folder}/0.img`);
    const base = `${folder}/0.img`;
    const same = await buildImage(source, `${folder}/1.img`, { base });
    const warnings = same.events.flatMap((event) =>
      event.type === "message" && event.level === "warning" ? event.text : []
    );
    assert.match(warnings.join("\n"), /source\/f has a time that is still to come/);
    assert.equal(await holds(`${folder}/1.img`, "f"), false);
    ahead(`${source}/f`);
    await buildImage(source, `${folder}/2.img`, { base });
    assert.equal(await holds(`${folder}/2.img`, "f"), true);
  });
});

Deno.test("a write right after a build is found, however fast it comes", async () => {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    await Deno.mkdir(source);
    for (let i = 0; i < 12; i++) {
      const [full, layer] = [`${folder}/${i}.img`, `${folder}/${i}-next.img`];
      writeFileSync(`${source}/f`, `first ${i % 10}`);
      await buildImage(source, full);
      writeFileSync(`${source}/f`, `later ${i % 10}`);
      await buildImage(source, layer, { base: full });
      assert.ok(await holds(layer, "f"), `round ${i}`);
    }
  });
});

Deno.test("a write within the tick of the one before the build is in the image", async () => {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    await Deno.mkdir(source);
    for (let i = 0; i < 12; i++) {
      writeFileSync(`${source}/f`, "first");
      const building = buildImage(source, `${folder}/${i}.img`);
      // As soon as the scan has seen the file, while the tick may still last.
      writeFileSync(`${source}/f`, "later");
      const { problems } = await building;
      await buildImage(source, `${folder}/${i}-next.img`, { base: `${folder}/${i}.img` });
      await using stack = await openImage(`${folder}/${i}-next.img`);
      const contents = await new Response(await stack.readFile("/f")).text();
      assert.equal(contents, "later", `round ${i}: ${JSON.stringify(problems)}`);
    }
  });
});

Deno.test("a base on a server is compared without its contents", async () => {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    await Deno.mkdir(source);
    for (let i = 0; i < 40; i++) {
      writeFileSync(`${source}/f${i}`, crypto.getRandomValues(new Uint8Array(60_000)));
    }
    await buildImage(source, `${folder}/photos.img`);
    const bytes = readFileSync(`${folder}/photos.img`);
    await using server = await rangeServer(bytes);
    rewriteLater(`${source}/f7`);
    for (const unchangedBy of ["times", "content"] as const) {
      const layer = `${folder}/${unchangedBy}.img`;
      const before = server.countBytes;
      const base = server.url.replace("/image", "/backup/photos.img");
      await buildImage(source, layer, { base, unchangedBy });
      assert.ok(server.countBytes - before < bytes.length / 4, `${server.countBytes - before}`);
      await using alone = await openImage(layer, { layer: true });
      const names: string[] = [];
      for await (const { nameText } of alone.list("/")) names.push(nameText);
      assert.deepEqual(names.sort(), ["f7", "lost+found"]);
      const { base: bound } = await alone.record();
      assert.equal(new TextDecoder().decode(bound?.name), "photos.img");
    }
  });
});
