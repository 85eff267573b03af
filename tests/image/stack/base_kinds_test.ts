import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { mergeImage } from "../../../image/merge_image.ts";
import { openImage } from "../../../image/open_image.ts";
import { pipeline, recipes, since } from "../../../mod.ts";
import { buildLayer, onBase } from "../../support/images/hand_made_layer.ts";
import { ageEncrypt, ageKey } from "../../support/images/stored_image.ts";
import { buildImage } from "../../support/mounts/mounted_stack.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { s3Store } from "../../support/servers/s3_store.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** Contents that compress no further: what is fetched of them cannot be missed. */
function fill(source: string): void {
  mkdirSync(`${source}/a`, { recursive: true });
  writeFileSync(`${source}/a/large`, crypto.getRandomValues(new Uint8Array(65_536)).join(""));
  writeFileSync(`${source}/a/old`, "old");
}

function change(source: string): void {
  renameSync(`${source}/a/old`, `${source}/a/new`);
  writeFileSync(`${source}/more`, "more");
}

async function namesIn(image: string, options = {}): Promise<string[]> {
  await using reader = await openImage(image, options);
  const names: string[] = [];
  for await (const { pathText } of reader.walk()) {
    if (pathText !== "lost+found") names.push(pathText);
  }
  return names.sort();
}

const MERGED = ["a", "a/large", "a/new", "more"];

testWith(
  { programs: ["age", "age-keygen"] },
  "encrypted images are read as one tree, merged, and built on by whoever has the key",
  () =>
    inTemporaryFolder(async (folder) => {
      const source = `${folder}/source`;
      fill(source);
      await buildImage(source, `${folder}/0.img`);
      change(source);
      await buildImage(source, `${folder}/1.img`, { base: `${folder}/0.img` });
      await buildImage(source, `${folder}/full.img`);
      const { file, recipient } = ageKey(folder);
      mkdirSync(`${folder}/locked`);
      for (const name of ["0.img", "1.img"]) {
        renameSync(ageEncrypt(`${folder}/${name}`, [recipient]), `${folder}/locked/${name}.age`);
      }
      const top = `${folder}/locked/1.img.age`;
      const identities = [readFileSync(file)];

      // What lies below is found beside it, encrypted as it is.
      assert.deepEqual(await namesIn(top, { identities }), MERGED);
      await assert.rejects(openImage(top), { code: "no-identity" });
      await assert.rejects(mergeImage(top, `${folder}/merged.img`), { code: "no-identity" });
      assert.ok(!existsSync(`${folder}/merged.img`));
      await mergeImage(top, `${folder}/merged.img`, { identities });
      assert.deepEqual(readFileSync(`${folder}/merged.img`), readFileSync(`${folder}/full.img`));

      writeFileSync(`${source}/third`, "third");
      const third = (identity: readonly string[]) =>
        pipeline(recipes.native).use(since, { base: top, identity })
          .run({ sources: [`${source}/.`], output: `${folder}/locked/2.img` });
      await assert.rejects(third([]), /encrypted with age/);
      assert.ok(!existsSync(`${folder}/locked/2.img`));
      await third([file]);
      const shown = await namesIn(`${folder}/locked/2.img`, { identities });
      assert.deepEqual(shown, [...MERGED, "third"]);
    }),
);

Deno.test("a layer is built on an image in S3, and on a layer there", () =>
  inTemporaryFolder(async (folder) => {
    await using store = await s3Store();
    const source = `${folder}/source`;
    fill(source);
    await buildImage(source, `${folder}/0.img`);
    await store.put("0.img", readFileSync(`${folder}/0.img`));
    change(source);
    const base = "s3://vault/0.img";
    await buildImage(source, `${folder}/1.img`, { base });
    const own = await namesIn(`${folder}/1.img`, { layer: true });
    assert.deepEqual(own, ["a", "a/new", "a/old", "more"]);
    assert.deepEqual(await namesIn(`${folder}/1.img`, { bases: [base] }), MERGED);
    assert.ok(statSync(`${folder}/1.img`).size < statSync(`${folder}/0.img`).size);

    await store.put("1.img", readFileSync(`${folder}/1.img`));
    await buildImage(source, `${folder}/2.img`, { base: "s3://vault/1.img" });
    assert.deepEqual(await namesIn(`${folder}/2.img`, { bases: ["s3://vault/1.img"] }), MERGED);
  }));

Deno.test("where Linux could not mount one more, merge is named and nothing is written", () =>
  inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    fill(source);
    await buildLayer(source, `${folder}/0.img`);
    const layer = async (image: string, depth: number) => {
      const name = new TextEncoder().encode("gone.img");
      const base = { name, uuid: new Uint8Array(16), digest: new Uint8Array(32), depth };
      const steps = pipeline(recipes.native).without("fsck").insertAfter("scan", onBase(base));
      await steps.run({ sources: [`${source}/.`], output: image });
    };
    await layer(`${folder}/499.img`, 499);
    await layer(`${folder}/498.img`, 498);
    const onTop = (base: string) => buildImage(source, `${folder}/top.img`, { base });
    await assert.rejects(
      onTop(`${folder}/499.img`),
      /500 images lie on each other .* no more than 500\. Make one full .* icecore merge/,
    );
    // One fewer would do, if what lies below it were there.
    await assert.rejects(onTop(`${folder}/498.img`), /it needs the image below, gone\.img/);
    assert.ok(!existsSync(`${folder}/top.img`));
  }));
