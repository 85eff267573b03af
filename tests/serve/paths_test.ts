import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { requestLines, sendRaw, type Served, whileServed } from "../support/servers/served.ts";

/** A file of this machine that an image must never lead to. */
const OUTSIDE = "/etc/passwd";

function fill(source: string): void {
  mkdirSync(`${source}/docs/old`, { recursive: true });
  writeFileSync(`${source}/docs/note.txt`, "inside\n");
  writeFileSync(`${source}/docs/old/older.txt`, "older\n");
  symlinkSync(OUTSIDE, `${source}/absolute`);
  symlinkSync("../../../../../../../../etc/passwd", `${source}/upwards`);
  symlinkSync("/etc", `${source}/folder-outside`);
  symlinkSync("docs/old", `${source}/latest`);
  symlinkSync("../docs/note.txt", `${source}/docs/again`);
  symlinkSync("/docs/note.txt", `${source}/from-root`);
  symlinkSync("circle", `${source}/circle`);
}

const withLinks = (use: (served: Served) => Promise<void>) => whileServed(fill, use);

Deno.test("no way of writing .. leads out of the image", async () => {
  await withLinks(async ({ server, at }) => {
    const base = new URL(server.url).pathname;
    const ways = [
      "raw/../../../../etc/passwd",
      "raw/..%2f..%2f..%2fetc%2fpasswd",
      "raw/%2e%2e/%2e%2e/etc/passwd",
      "raw/%252e%252e/%252e%252e/etc/passwd",
      "raw/docs/..%5c..%5c..%5cetc%5cpasswd",
      "raw/docs\\..\\..\\etc\\passwd",
      "raw//etc/passwd",
      "raw/docs/note.txt%00.jpg",
      "raw/docs/%00",
      "raw/%c0%ae%c0%ae/etc/passwd",
      "raw/file:///etc/passwd",
      "thumb/../../../../etc/passwd",
      "preview/..%2f..%2fetc%2fpasswd",
      "tar/%2e%2e",
      "zip/..%2f",
      "list/%2e%2e?from=0&to=10",
      "info/..%2f..%2fetc%2fpasswd",
      "assets/..%2f..%2fmain.ts",
      "assets/../../deno.json",
    ];
    for (const way of ways) {
      const { status, text } = await sendRaw(server.port, requestLines(base + way));
      assert.ok([400, 403, 404].includes(status), `${way}: ${status}`);
      assert.ok(!text.includes("root:"), way);
    }
    assert.equal(await (await fetch(at("raw/docs/note.txt"))).text(), "inside\n");
  });
});

Deno.test("a line feed in an address begins no header", async () => {
  await withLinks(async ({ server }) => {
    const base = new URL(server.url).pathname;
    for (
      const way of ["look/a%0d%0aSet-Cookie:%20a=b", "browse/latest%0d%0aX-Bad:1", "raw/%0aX-Bad:1"]
    ) {
      const { status, headers } = await sendRaw(server.port, requestLines(base + way));
      assert.ok(status >= 300, `${way}: ${status}`);
      assert.ok(!headers.has("set-cookie") && !headers.has("x-bad"), way);
    }
  });
});

Deno.test("a symbolic link that leads out of the image is shown, and leads nowhere", async () => {
  await withLinks(async ({ at }) => {
    const page = await (await fetch(at("browse/"))).text();
    for (const name of ["absolute", "upwards", "folder-outside"]) {
      assert.ok(page.includes(`<bdi>${name}</bdi>`), name);
      for (const part of ["browse", "look", "raw", "thumb", "tar", "zip", "info"]) {
        const answer = await fetch(at(`${part}/${name}`));
        assert.equal(answer.status, 404, `${part}/${name}`);
        assert.ok(!(await answer.text()).includes("root:"));
      }
    }
    assert.equal((await fetch(at("raw/folder-outside/passwd"))).status, 404);
    assert.equal((await fetch(at("browse/circle"))).status, 404);
  });
});

Deno.test("a symbolic link within the image leads to what it names, under its real path", async () => {
  await withLinks(async ({ at }) => {
    const landed = async (part: string) => (await fetch(at(part))).url;
    assert.equal(await landed("browse/latest"), at("browse/docs/old"));
    assert.equal(await landed("browse/latest/"), at("browse/docs/old"));
    assert.equal(await landed("look/latest/older.txt"), at("look/docs/old/older.txt"));
    assert.equal(await landed("browse/from-root"), at("look/docs/note.txt"));
    assert.equal(await (await fetch(at("raw/latest/older.txt"))).text(), "older\n");
    assert.equal(await (await fetch(at("raw/docs/again"))).text(), "inside\n");
  });
});

Deno.test("a page of a file that is a folder leads to the folder's, and the other way", async () => {
  await withLinks(async ({ at }) => {
    assert.equal((await fetch(at("look/docs"))).url, at("browse/docs"));
    assert.equal((await fetch(at("browse/docs/note.txt"))).url, at("look/docs/note.txt"));
  });
});
