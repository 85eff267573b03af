import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { whileServed } from "../support/servers/served.ts";

const SCRIPT = "<script>document.title = 'owned'</script>";
const FILES = {
  "page.html": SCRIPT,
  "page.xhtml": `<html xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}</html>`,
  "data.xml": `<?xml-stylesheet href="data.xsl" type="text/xsl"?><a>${SCRIPT}</a>`,
  "code.js": "document.title = 'owned'",
  "drawing.svg": `<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`,
  "paper.pdf": "%PDF-1.4",
  "page.html.jpg": SCRIPT,
  "noname": SCRIPT,
  "flash.swf": "FWS",
  "archive.mht": SCRIPT,
};

function fill(source: string): void {
  for (const [name, contents] of Object.entries(FILES)) {
    writeFileSync(`${source}/${name}`, contents);
  }
}

/** Types of which a browser runs nothing, whatever is in them. */
const HARMLESS =
  /^(text\/plain; charset=utf-8|image\/(jpeg|svg\+xml)|application\/(pdf|octet-stream))$/;

Deno.test("nothing in an image is sent as what a browser would run", async () => {
  await whileServed(fill, async ({ at }) => {
    for (const name of Object.keys(FILES)) {
      for (const part of [`raw/${name}`, `raw/${name}?download`]) {
        const answer = await fetch(at(part));
        await answer.body?.cancel();
        assert.match(answer.headers.get("content-type")!, HARMLESS, part);
        assert.equal(answer.headers.get("x-content-type-options"), "nosniff", part);
        const policy = answer.headers.get("content-security-policy")!;
        assert.match(policy, /^sandbox; default-src 'none'/, part);
        assert.ok(!policy.includes("script-src"), part);
      }
    }
  });
});

Deno.test("what no page shows is saved, not opened", async () => {
  await whileServed(fill, async ({ at }) => {
    const disposition = async (part: string) => {
      const answer = await fetch(at(part));
      await answer.body?.cancel();
      return answer.headers.get("content-disposition")!.split(";")[0];
    };
    for (const name of ["paper.pdf", "noname", "flash.swf", "archive.mht"]) {
      assert.equal(await disposition(`raw/${name}`), "attachment", name);
    }
    assert.equal(await disposition("raw/page.html"), "inline");
    assert.equal(await disposition("raw/page.html?download"), "attachment");
  });
});

Deno.test("pages run no script but those of the server, and none within themselves", async () => {
  await whileServed(fill, async ({ at }) => {
    for (const part of ["browse/", "look/page.html", "look/drawing.svg", "browse/?search=page"]) {
      const answer = await fetch(at(part));
      const page = await answer.text();
      const policy = answer.headers.get("content-security-policy")!;
      assert.match(policy, /script-src 'self';/);
      assert.ok(!policy.includes("unsafe"), policy);
      assert.deepEqual(
        [...page.matchAll(/<script(?! type="module" src="[^"]*\/page\.js"><\/script>)/g)],
        [],
        part,
      );
      assert.deepEqual([...page.matchAll(/<[^>]*\s(on\w+|style)=/g)], [], part);
    }
  });
});
