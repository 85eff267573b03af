/**
 * The index of an image's names finds what a walk finds, in the same order.
 */

import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { Buffer } from "node:buffer";
import { openImage } from "../../image/open_image.ts";
import { NameIndex } from "../../serve/tree/name_index.ts";
import { NameIndexes } from "../../serve/tree/name_indexes.ts";
import { search } from "../../serve/tree/search.ts";
import { buildImage, whileServed } from "../support/servers/served.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const { signal } = new AbortController();
const bytesOf = (text: string) => new TextEncoder().encode(text);
const ROOM = 1 << 20;

function fill(source: string): void {
  mkdirSync(`${source}/photos/2024/ice`, { recursive: true });
  mkdirSync(`${source}/photos/empty`);
  mkdirSync(`${source}/photos 2`);
  const names = [
    "ice.txt",
    "photos/Ice core.JPG",
    "photos/2024/ICE.jpg",
    "photos/2024/ice/core ice.png",
    "photos/2024/ice/ic",
    "photos/2024/ice/e",
    "photos 2/icecore",
    "photos/2024/na\u00efve.txt",
    "photos/2024/NAI\u0308VE ice.txt",
    "photos/2024/\u0130stanbul ice.txt",
    "photos 2/\u65e5\u672c ice",
  ];
  for (const name of names) writeFileSync(`${source}/${name}`, name);
  const raw = Buffer.concat([Buffer.from(`${source}/`), Buffer.from("ice \xff\xfe", "latin1")]);
  writeFileSync(raw, "no text");
  symlinkSync("2024/ice", `${source}/photos/link to ice`);
}

const QUERIES = [
  "ice",
  "ICE core",
  "core ice",
  "e",
  "na\u00efve",
  "nai\u0308ve",
  "i",
  "jpg",
  ".",
  "\u65e5",
  "\ufffd",
  "ice\0",
  "\0",
  "nothing",
  "i\u0307stanbul",
  "photos",
  "ice ice",
];
const FOLDERS = ["", "photos", "photos/2024", "photos 2", "photos/empty", "photos/link to ice"];

Deno.test("the index of an image finds what a walk of it finds, in the same order", async () => {
  await inTemporaryFolder(async (folder) => {
    await using image = await openImage(await buildImage(folder, fill));
    const index = new NameIndex();
    assert.equal(await index.fill(image, ROOM, signal), true);
    for (const place of FOLDERS) {
      for (const query of QUERIES) {
        const hitsBy = (index?: NameIndex): Promise<object[]> =>
          Array.fromAsync(
            search(image, bytesOf(place), query, signal, index),
            ({ path, ...hit }) => ({ ...hit, path: Buffer.from(path).toString("latin1") }),
          );
        const walked = await hitsBy();
        const indexed = await hitsBy(index);
        assert.deepEqual(indexed, walked, `${place}: ${query}`);
      }
    }
    const all = await Array.fromAsync(search(image, bytesOf(""), "ice", signal, index));
    assert.ok(all.length >= 11);
  });
});

Deno.test("an image with too many names has no index, and several share their room", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = await buildImage(folder, fill);
    await using one = await openImage(path);
    await using two = await openImage(path);
    assert.equal(await new NameIndex().fill(one, 1000, signal), false);
    const whole = new NameIndex();
    assert.equal(await whole.fill(one, ROOM, signal), true);
    const indexes = new NameIndexes(signal, Math.floor(whole.memoryBytes * 1.5));
    assert.equal(indexes.of(one), undefined);
    for (const image of [one, two]) {
      indexes.prepare(image);
      // A search that has come too early finds all the same, and waits for it.
      const early = await Array.fromAsync(
        search(image, bytesOf(""), "ice", signal, indexes.of(image)),
      );
      assert.ok(early.length >= 11);
    }
    assert.ok(indexes.of(one) !== undefined);
    assert.equal(indexes.of(two), undefined);
  });
});

Deno.test("what is found while the index is made comes before it is made", async () => {
  await inTemporaryFolder(async (folder) => {
    const many = (source: string) => {
      for (let i = 0; i < 40; i++) {
        mkdirSync(`${source}/${i}`);
        for (let j = 0; j < 40; j++) writeFileSync(`${source}/${i}/ice ${j}`, "");
      }
    };
    await using image = await openImage(await buildImage(folder, many));
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    // The walk stands still in the middle, as it does on a slow disk.
    const slow = new Proxy(image, {
      get(target, name) {
        if (name !== "walkBatches") return Reflect.get(target, name, target);
        return async function* () {
          let count = 0;
          for await (const batch of target.walkBatches("/")) {
            if (count++ === 20) await held;
            yield batch;
          }
        };
      },
    });
    const index = new NameIndex();
    const filling = index.fill(slow, ROOM, signal);
    const hits = search(slow, bytesOf(""), "ice", signal, index);
    const first = await hits.next();
    assert.equal(first.done, false);
    goOn();
    assert.equal((await Array.fromAsync(hits)).length + 1, 1600);
    assert.equal(await filling, true);
  });
});

Deno.test("what an index has no room for is found by a walk, and nothing twice", async () => {
  await inTemporaryFolder(async (folder) => {
    await using image = await openImage(await buildImage(folder, fill));
    const index = new NameIndex();
    const filling = index.fill(image, 1000, signal);
    const pathsBy = (index?: NameIndex) =>
      Array.fromAsync(search(image, bytesOf(""), "ice", signal, index), ({ path }) => `${path}`);
    assert.deepEqual(await pathsBy(index), await pathsBy());
    assert.equal(await filling, false);
  });
});

Deno.test("a search finds the same before there is an index and after", async () => {
  await whileServed(fill, async ({ at }) => {
    const lines = async (part: string) => (await (await fetch(at(part))).text()).trim();
    const first = await lines("search/photos?q=ice");
    // Seven hits, and the line that says that these are all.
    assert.equal(first.split("\n").length, 8);
    assert.deepEqual(JSON.parse(await lines("search/?q=")), { isCut: false });
    for (let i = 0; i < 3; i++) assert.equal(await lines("search/photos?q=ice"), first);
  });
});
