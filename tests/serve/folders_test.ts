import assert from "node:assert/strict";
import { mkdirSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { openImage } from "icecore/read";
import { serveImages } from "../../serve/serve_images.ts";
import {
  buildImage,
  type Served,
  whileServed,
  whileServedTree,
} from "../support/servers/served.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { file, folder } from "../support/trees/tree_builder.ts";

function fill(source: string): void {
  mkdirSync(`${source}/zoo`);
  mkdirSync(`${source}/Album`);
  writeFileSync(`${source}/img10.jpg`, "0123456789");
  writeFileSync(`${source}/img2.jpg`, "01");
  writeFileSync(`${source}/IMG1.png`, "012345");
  writeFileSync(`${source}/notes.txt`, "");
  truncateSync(`${source}/notes.txt`, 5000);
  writeFileSync(`${source}/zoo/Ångström.txt`, "");
  writeFileSync(`${source}/zoo/my img of a bear.jpg`, "");
  utimesSync(`${source}/img2.jpg`, 1e9, 1e9);
}

/** A folder of empty files. */
const numbered = (count: number, before: string) =>
  folder(Array.from({ length: count }, (_, i) => [`${before}${i}`, file()] as const));

interface ListedRow {
  readonly text: string;
  readonly folder?: string;
  readonly isCut?: boolean;
}

const withFolder = (use: (served: Served) => Promise<void>) => whileServed(fill, use);

async function names({ at }: Served, query: string): Promise<string[]> {
  const answer = await fetch(at(`list/?from=0&to=100&${query}`));
  const { rows }: { rows: ListedRow[] } = await answer.json();
  return rows.map(({ text }) => text);
}

async function found({ at }: Served, query: string, below = ""): Promise<ListedRow[]> {
  const answer = await fetch(at(`search/${below}?q=${encodeURIComponent(query)}`));
  const lines = (await answer.text()).trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}

Deno.test("folders come first, and numbers in names count as numbers", async () => {
  await withFolder(async (served) => {
    const all = ["Album", "zoo", "IMG1.png", "img2.jpg", "img10.jpg", "notes.txt"];
    assert.deepEqual(await names(served, "sort=name"), all);
    assert.deepEqual(await names(served, ""), all);
    assert.deepEqual(await names(served, "sort=nonsense&direction=sideways"), all);
    assert.deepEqual(await names(served, "sort=name&direction=down"), [
      "zoo",
      "Album",
      "notes.txt",
      "img10.jpg",
      "img2.jpg",
      "IMG1.png",
    ]);
    assert.deepEqual((await names(served, "sort=size")).slice(2), [
      "img2.jpg",
      "IMG1.png",
      "img10.jpg",
      "notes.txt",
    ]);
    assert.equal((await names(served, "sort=time"))[2], "img2.jpg");
    assert.deepEqual((await names(served, "sort=type")).slice(2), [
      "img2.jpg",
      "img10.jpg",
      "IMG1.png",
      "notes.txt",
    ]);
  });
});

Deno.test("a window into a folder is what was asked for, and no more than a thousand names", async () => {
  await whileServedTree(numbered(2500, ""), async ({ at }) => {
    const rows = async (query: string): Promise<ListedRow[]> =>
      (await (await fetch(at(`list/?${query}`))).json()).rows;
    assert.deepEqual((await rows("from=1200&to=1203")).map(({ text }) => text), [
      "1200",
      "1201",
      "1202",
    ]);
    assert.equal((await rows("from=0&to=99999")).length, 1000);
    for (
      const query of ["", "from=-1&to=x", "from=1e9&to=1e10", "from=9999999999&to=9999999999999"]
    ) {
      assert.equal((await rows(query)).length, 0, query);
    }
    const page = await (await fetch(at("browse/?from=2400"))).text();
    assert.match(page, /2,401 to 2,500/);
    assert.equal([...page.matchAll(/<li><a class="open"/g)].length, 100);
  });
});

Deno.test("a search finds all words in any order, whatever their case, with the folder", async () => {
  await withFolder(async (served) => {
    const texts = async (query: string, below?: string) =>
      (await found(served, query, below)).filter(({ isCut }) => isCut === undefined).map((
        { text },
      ) => text).sort();
    assert.deepEqual(await texts("IMG"), [
      "IMG1.png",
      "img10.jpg",
      "img2.jpg",
      "my img of a bear.jpg",
    ]);
    assert.deepEqual(await texts("bear img"), ["my img of a bear.jpg"]);
    assert.deepEqual(await texts("A\u030angstro\u0308m"), ["Ångström.txt"]);
    assert.deepEqual(await texts("img", "zoo"), ["my img of a bear.jpg"]);
    assert.deepEqual(await texts("nothing of the kind"), []);
    assert.deepEqual(await texts("   "), []);
    const [hit] = await found(served, "bear");
    assert.equal(hit!.folder, "zoo");
    assert.deepEqual((await found(served, "img")).at(-1), { isCut: false });
  });
});

Deno.test("a search says when there is more than it shows", async () => {
  await whileServedTree(numbered(2100, "hit "), async (served) => {
    const rows = await found(served, "hit");
    assert.deepEqual([rows.length, rows.at(-1)], [2001, { isCut: true }]);
    const page = await (await fetch(served.at("browse/?search=hit"))).text();
    assert.match(page, /The first 2,000 hits; add a word to have fewer\./);
  });
});

Deno.test("without a script folders, files, searches and downloads are links and forms", async () => {
  await withFolder(async ({ at }) => {
    const page = await (await fetch(at("browse/"))).text();
    const hrefs = [...page.matchAll(/href="([^"]*)"/g)].map(([, href]) =>
      href!.replaceAll("&amp;", "&")
    );
    const base = new URL(at("")).pathname;
    for (const part of ["browse/zoo", "look/img2.jpg", "raw/img2.jpg?download", "tar/", "zip/"]) {
      assert.ok(hrefs.includes(base + part), part);
    }
    assert.ok(hrefs.some((href) => href.includes("sort=size&direction=up")));
    assert.match(page, /<form class="search" role="search" action="[^"]*\/browse\/">/);
    for (const href of new Set(hrefs)) {
      if (!href.startsWith("/")) continue;
      const answer = await fetch(new URL(href, at("")));
      await answer.body?.cancel();
      assert.equal(answer.status, 200, href);
    }
  });
});

Deno.test("several images are folders of one tree, and two of one name get different ones", async () => {
  await inTemporaryFolder(async (place) => {
    mkdirSync(`${place}/other`);
    const first = await buildImage(
      place,
      (source) => writeFileSync(`${source}/one.txt`, "1"),
      "a.img",
    );
    const second = await buildImage(
      `${place}/other`,
      (source) => writeFileSync(`${source}/one.txt`, "2"),
      "a.img",
    );
    await using one = await openImage(first);
    await using two = await openImage(second);
    await using server = await serveImages([{ name: "a.img", reader: one }, {
      name: "a.img",
      reader: two,
    }]);
    const get = async (part: string) => await (await fetch(server.url + part)).text();
    const page = await get("browse/");
    assert.match(page, /<bdi>a\.img<\/bdi>.*<bdi>a\.img \(2\)<\/bdi>/s);
    assert.equal(await get("raw/a.img/one.txt"), "1");
    assert.equal(await get("raw/a.img%20%282%29/one.txt"), "2");
    assert.match(await get("browse/a.img"), /<bdi>one\.txt<\/bdi>/);
    const hits = (await get("search/?q=one")).trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(hits.slice(0, 2).map(({ folder }) => folder), ["a.img", "a.img (2)"]);
    const { rows } = JSON.parse(await get("list/?from=0&to=9"));
    assert.equal(rows.length, 2);
    assert.equal((await fetch(`${server.url}raw/b.img/one.txt`)).status, 404);
    assert.equal((await fetch(`${server.url}tar/`)).status, 404);
  });
});
