import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import { encodePath } from "../../serve/tree/url_path.ts";
import { HOSTILE_NAMES } from "../support/images/small_image.ts";
import { requires } from "../support/programs/requirements.ts";
import { whileServed, whileServedTree } from "../support/servers/served.ts";
import { file, folder } from "../support/trees/tree_builder.ts";

const NAMES: readonly (string | Uint8Array)[] = [
  ...HOSTILE_NAMES,
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)<",
  "<title><script>x<",
  `"onmouseover="alert(1)`,
  "'quoted'",
  "&lt;entity&gt;",
  "line\r\nSet-Cookie: a=b",
  "javascript:alert(1)",
  "%2e%2e",
  "?query#fragment",
  "ends with blank ",
  "\u202egpj.exe",
  "עברית.txt",
  "naïve.txt",
  Uint8Array.from([0x63, 0x61, 0x66, 0xe9, 0x2e, 0x74, 0x78, 0x74]),
  Uint8Array.from([0xff, 0xfe, 0x3c, 0x62, 0x3e]),
];
const bytesOf = (name: string | Uint8Array) =>
  typeof name === "string" ? Buffer.from(name) : Buffer.from(name);

const hostile = folder(NAMES.map((name) => [name, file(bytesOf(name))] as const));

Deno.test("each name, whatever bytes it has, leads to its own file", async () => {
  await whileServedTree(hostile, async ({ at }) => {
    for (const name of NAMES) {
      const path = encodePath(bytesOf(name));
      const answer = await fetch(at(`raw/${path}?download`));
      assert.equal(answer.status, 200, path);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytesOf(name), path);
      assert.equal(answer.headers.get("set-cookie"), null);
      assert.match(
        answer.headers.get("content-disposition")!,
        /^attachment; filename="[\w. -]*"; filename\*=UTF-8''[\w.%-]*$/,
      );
      assert.equal((await fetch(at(`look/${path}`))).status, 200, path);
    }
  });
});

Deno.test("a name is text on every page, and nothing else", async () => {
  await whileServedTree(hostile, async ({ at }) => {
    const parts = ["browse/?view=list", "browse/?view=grid", "browse/?search=a"];
    for (const part of [...parts, ...NAMES.map((name) => `look/${encodePath(bytesOf(name))}`)]) {
      const page = await (await fetch(at(part))).text();
      assert.ok(!/<img src=x|<script>|onmouseover="alert|<b>/.test(page), part);
      // deno-lint-ignore no-control-regex -- what turns text, and what commands, is written out
      assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(page), part);
      for (const [, href] of page.matchAll(/(?:href|src)="([^"]*)"/g)) {
        assert.match(href!, /^(\/[\w/.%~?=&;-]*|#main|)$/, part);
      }
    }
  });
});

Deno.test("a name that is not UTF-8 is shown in octal, and its search finds it", async () => {
  await whileServedTree(hostile, async ({ at }) => {
    assert.ok((await (await fetch(at("browse/"))).text()).includes("caf\\351.txt"));
    const { rows } = await (await fetch(at("list/?from=0&to=100"))).json();
    assert.equal(rows.length, NAMES.length);
    assert.ok(rows.some(({ path }: { path: string }) => path === "caf%E9.txt"));
  });
});

const { ignore, suffix } = requires({ programs: ["unzip"] });
Deno.test({
  name: `in a zip no name leads out of the folder it is unpacked to${suffix}`,
  ignore,
  fn: async () => {
    await whileServed((source) => {
      writeFileSync(`${source}/..\\..\\owned.txt`, "");
      writeFileSync(`${source}/C:\\owned.txt`, "");
    }, async ({ at, folder: place }) => {
      const zip = new Uint8Array(await (await fetch(at("zip/"))).arrayBuffer());
      writeFileSync(`${place}/a.zip`, zip);
      const { stdout } = await new Deno.Command("unzip", { args: ["-Z1", `${place}/a.zip`] })
        .output();
      const names = new TextDecoder().decode(stdout).trim().split("\n").sort();
      assert.deepEqual(names, ["test/", "test/.._.._owned.txt", "test/C:_owned.txt"]);
    });
  },
});
