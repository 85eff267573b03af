/**
 * A stack of images that were built one on the other: one tree, and each file's versions.
 */

import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { openImage } from "../../image/open_image.ts";
import { serveImages } from "../../serve/serve_images.ts";
import { buildImage } from "../support/mounts/mounted_stack.ts";
import { type Served, whileServing } from "../support/servers/served.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const HOSTILE = "<b>&\"'.txt";

/** `1.img`, `2.img` on it and `3.img` on that. */
async function withStack(use: (folder: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    mkdirSync(`${source}/notes`, { recursive: true });
    const write = (name: string, text: string, seconds: number) => {
      writeFileSync(`${source}/${name}`, text);
      utimesSync(`${source}/${name}`, seconds, seconds);
    };
    write("a.txt", "first", 1e9);
    write("same.txt", "never changed", 1e9);
    write("back.txt", "was here", 1e9);
    write("notes/deep.txt", "deep", 1e9);
    write(HOSTILE, "one", 1e9);
    await buildImage(source, `${folder}/1.img`);
    write("a.txt", "the second", 1.1e9);
    write(HOSTILE, "two", 1.1e9);
    rmSync(`${source}/back.txt`);
    rmSync(`${source}/notes`, { recursive: true });
    await buildImage(source, `${folder}/2.img`, { base: `${folder}/1.img` });
    write("a.txt", "this is the third", 1.2e9);
    write("back.txt", "here again", 1.2e9);
    mkdirSync(`${source}/notes`);
    write("notes/deep.txt", "deeper", 1.2e9);
    await buildImage(source, `${folder}/3.img`, { base: `${folder}/2.img` });
    await use(folder);
  });
}

const whileStackServed = (use: (served: Served) => Promise<void>) =>
  withStack((folder) => whileServing(`${folder}/3.img`, folder, use));

async function textOf(url: string, status = 200): Promise<string> {
  const answer = await fetch(url);
  assert.equal(answer.status, status, url);
  return await answer.text();
}

Deno.test("a stack is shown as one tree", () =>
  whileStackServed(async ({ at }) => {
    const { rows } = await (await fetch(at("list/?from=0&to=100"))).json();
    const names = rows.map(({ text }: { text: string }) => text);
    assert.deepEqual(names, ["notes", HOSTILE, "a.txt", "back.txt", "same.txt"]);
    assert.equal(await textOf(at("raw/a.txt")), "this is the third");
    assert.equal(await textOf(at("raw/same.txt")), "never changed");
    assert.match(await textOf(at("search/?q=deep")), /notes\/deep\.txt/);
  }));

Deno.test("the facts of a file say which image has which version of it", () =>
  whileStackServed(async ({ at }) => {
    const versions = async (path: string) => {
      const { versions } = await (await fetch(at(`info/${path}`))).json();
      return versions.map((
        { layer, image, isFile, text }: {
          layer: number;
          image: string;
          isFile: boolean;
          text: string;
        },
      ) => [layer, image, isFile, text.replace(/changed (\d+).*/, "$1")]);
    };
    assert.deepEqual(await versions("a.txt"), [
      [0, "3.img", true, "17 B, 2008"],
      [1, "2.img", true, "10 B, 2004"],
      [2, "1.img", true, "5 B, 2001"],
    ]);
    assert.deepEqual(await versions("same.txt"), [[2, "1.img", true, "13 B, 2001"]]);
    assert.deepEqual(await versions("back.txt"), [
      [0, "3.img", true, "10 B, 2008"],
      [1, "2.img", false, "deleted"],
      [2, "1.img", true, "8 B, 2001"],
    ]);
    assert.deepEqual(await versions("notes/deep.txt"), [
      [0, "3.img", true, "6 B, 2008"],
      [1, "2.img", false, "deleted"],
      [2, "1.img", true, "4 B, 2001"],
    ]);
  }));

Deno.test("each version is looked at and downloaded, without a script as well", () =>
  whileStackServed(async ({ at, server }) => {
    const page = await textOf(at("look/a.txt"));
    const links = [...page.matchAll(/href="([^"]*layer=[^"]*)"/g)].map(([, href]) =>
      new URL(href!.replaceAll("&amp;", "&"), server.url).href
    );
    assert.equal(links.length, 6);
    const downloads = links.filter((href) => href.includes("/raw/"));
    const contents = await Promise.all(downloads.map((href) => textOf(href)));
    assert.deepEqual(contents, ["this is the third", "the second", "first"]);
    const looks = links.filter((href) => href.includes("/look/"));
    const second = await textOf(looks[1]!);
    assert.match(second, /<pre class="look"[^>]*>the second<\/pre>/);
    assert.match(second, /<li aria-current="true"><bdi>2\.img<\/bdi>/);
    assert.match(second, /raw\/a\.txt\?layer=1&amp;download/);
  }));

Deno.test("versions have tags of their own, and ranges", () =>
  whileStackServed(async ({ at }) => {
    const tags = await Promise.all([0, 1, 2].map(async (layer) => {
      const answer = await fetch(at(`raw/a.txt?layer=${layer}`), { method: "HEAD" });
      return answer.headers.get("etag");
    }));
    assert.equal(new Set(tags).size, 3);
    const answer = await fetch(at("raw/a.txt?layer=1"), { headers: { range: "bytes=4-" } });
    assert.deepEqual([answer.status, await answer.text()], [206, "second"]);
  }));

Deno.test("a layer that there is not, or that does not have the file, is nothing", () =>
  whileStackServed(async ({ at }) => {
    for (const layer of ["3", "-1", "abc", "", "99999", "1e0", "__proto__"]) {
      await textOf(at(`raw/a.txt?layer=${layer}`), 404);
    }
    await textOf(at("raw/same.txt?layer=0"), 404);
    await textOf(at("raw/back.txt?layer=1"), 404);
    await textOf(at("look/notes?layer=2"), 404);
    await textOf(at("raw/notes/deep.txt?layer=1"), 404);
  }));

Deno.test("names in versions are text", () =>
  whileStackServed(async ({ at }) => {
    const page = await textOf(at(`look/${encodeURIComponent(HOSTILE).replace("'", "%27")}`));
    assert.ok(!page.includes("<b>"));
    assert.match(page, /made [^<]*: 3 B, changed/);
  }));

Deno.test("an image that lies on nothing has no versions", () =>
  withStack((folder) =>
    whileServing(`${folder}/1.img`, folder, async ({ at }) => {
      assert.doesNotMatch(await textOf(at("look/a.txt")), /Versions/);
      const { versions } = await (await fetch(at("info/a.txt"))).json();
      assert.deepEqual(versions, []);
      await textOf(at("raw/a.txt?layer=0"), 404);
    })
  ));

Deno.test("a base that is elsewhere is given, and a layer is shown alone where that is wanted", () =>
  withStack(async (folder) => {
    mkdirSync(`${folder}/elsewhere`);
    for (const name of ["1.img", "2.img"]) {
      renameSync(`${folder}/${name}`, `${folder}/elsewhere/${name}`);
    }
    await assert.rejects(openImage(`${folder}/3.img`), { code: "base-missing" });
    await using stack = await openImage(`${folder}/3.img`, { bases: [`${folder}/elsewhere`] });
    await using alone = await openImage(`${folder}/3.img`, { layer: true });
    await using server = await serveImages([
      { name: "stack", reader: stack },
      { name: "alone", reader: alone },
    ]);
    assert.equal(await textOf(`${server.url}raw/stack/same.txt`), "never changed");
    assert.equal(await textOf(`${server.url}raw/stack/a.txt?layer=2`), "first");
    await textOf(`${server.url}raw/alone/same.txt`, 404);
    assert.equal(await textOf(`${server.url}raw/alone/a.txt`), "this is the third");
  }));

Deno.test("a file that the topmost image has deleted leads to its last version", () =>
  withStack(async (folder) => {
    await whileServing(`${folder}/2.img`, folder, async ({ at }) => {
      for (const name of ["back.txt", "notes/deep.txt"]) {
        const page = await fetch(at(`look/${name}`));
        assert.equal(page.status, 200);
        assert.match(page.url, /\?layer=1$/);
        const text = await page.text();
        assert.match(text, /deleted/);
        assert.match(text, /1\.img/);
      }
      assert.equal(await textOf(at("raw/back.txt?layer=1")), "was here");
      // The tree itself does not have it.
      assert.equal((await fetch(at("raw/back.txt"))).status, 404);
      assert.equal((await fetch(at("look/never.txt"))).status, 404);
    });
  }));
