import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { requestLines, sendRaw, type Served, whileServed } from "../support/servers/served.ts";

const SECRET = "the contents of a file";

function fill(source: string): void {
  writeFileSync(`${source}/note.txt`, SECRET);
}

const withNote = (use: (served: Served) => Promise<void>) => whileServed(fill, use);

/** Sends a request for the note, with other headers, and expects to learn nothing from the answer. */
async function isRefused(
  { server, at }: Served,
  status: number,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<void> {
  const target = new URL(at("raw/note.txt")).pathname;
  const answer = await sendRaw(server.port, requestLines(target, headers, method));
  assert.equal(answer.status, status, answer.text);
  assert.ok(!answer.text.includes(SECRET));
}

Deno.test("with the whole address a file can be had", async () => {
  await withNote(async ({ at }) => {
    assert.equal(await (await fetch(at("raw/note.txt"))).text(), SECRET);
  });
});

Deno.test("without the token, with a wrong one, or with a part of it, there is nothing", async () => {
  await withNote(async ({ server }) => {
    const { pathname } = new URL(server.url);
    const token = pathname.slice(1, -1);
    assert.match(token, /^[\w-]{32}$/);
    const wrong = [
      "",
      "x".repeat(32),
      token.slice(0, -1),
      `${token}x`,
      token.toUpperCase(),
      `${token}%00`,
    ];
    for (const each of wrong) {
      for (
        const target of [`/${each}/raw/note.txt`, `/${each}/browse/`, `/${each}/assets/page.js`]
      ) {
        const answer = await sendRaw(server.port, requestLines(target));
        assert.equal(answer.status, 403, target);
        assert.ok(!answer.text.includes(token));
        assert.ok(!answer.text.includes("note"));
      }
    }
  });
});

Deno.test("a name that leads here from elsewhere (DNS rebinding) is refused", async () => {
  await withNote(async (served) => {
    for (
      const host of [
        "evil.example",
        `evil.example:${served.server.port}`,
        "127.0.0.1.evil.example",
        "",
        "10.1.2.3",
      ]
    ) {
      await isRefused(served, 421, { Host: host });
    }
  });
});

Deno.test("a page of another origin is refused, a link on it is not", async () => {
  await withNote(async (served) => {
    const { server, at } = served;
    await isRefused(served, 403, { Origin: "https://evil.example" });
    await isRefused(served, 403, { Origin: "null" });
    await isRefused(served, 403, { Origin: `http://127.0.0.1:1` });
    for (
      const [site, mode, dest] of [
        ["cross-site", "no-cors", "image"],
        ["cross-site", "navigate", "iframe"],
        ["same-site", "cors", "empty"],
        ["cross-site", "no-cors", "script"],
      ]
    ) {
      await isRefused(served, 403, {
        "Sec-Fetch-Site": site!,
        "Sec-Fetch-Mode": mode!,
        "Sec-Fetch-Dest": dest!,
      });
    }
    const target = new URL(at("raw/note.txt")).pathname;
    const link = {
      "Sec-Fetch-Site": "cross-site",
      "Sec-Fetch-Mode": "navigate",
      "Sec-Fetch-Dest": "document",
    };
    assert.equal((await sendRaw(server.port, requestLines(target, link))).status, 200);
    const own = { Host: `127.0.0.1:${server.port}`, Origin: `http://127.0.0.1:${server.port}` };
    assert.equal((await sendRaw(server.port, requestLines(target, own))).status, 200);
  });
});

Deno.test("nothing but GET and HEAD is answered", async () => {
  await withNote(async (served) => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]) {
      const { status } = await fetchWith(served, method);
      assert.equal(status, 405, method);
    }
  });
});

async function fetchWith({ server, at }: Served, method: string) {
  const target = new URL(at("raw/note.txt")).pathname;
  const answer = await sendRaw(
    server.port,
    requestLines(target, { "Content-Length": "0" }, method),
  );
  assert.ok(!answer.text.includes(SECRET));
  assert.equal(answer.headers.get("allow"), "GET, HEAD");
  return answer;
}

Deno.test("with a password there is no token, and nothing without the password", async () => {
  await whileServed(fill, async (served) => {
    const { server, at } = served;
    assert.equal(new URL(server.url).pathname, "/");
    const basic = (text: string) => ({ Authorization: `Basic ${btoa(text)}` });
    await isRefused(served, 401);
    for (const wrong of ["me:", "me:wrong", "me:correct hors", "correct horse"]) {
      await isRefused(served, 401, basic(wrong));
    }
    await isRefused(served, 401, { Authorization: "Bearer correct horse" });
    const target = new URL(at("raw/note.txt")).pathname;
    const answer = await sendRaw(server.port, requestLines(target, basic("anybody:correct horse")));
    assert.equal(answer.text, SECRET);
    const asked = await sendRaw(server.port, requestLines(target));
    assert.match(asked.headers.get("www-authenticate") ?? "", /^Basic realm="icecore"/);
  }, { password: "correct horse" });
});

Deno.test("beyond loopback nothing is served without a password", async () => {
  for (const host of ["0.0.0.0", "::", "192.0.2.1"]) {
    await assert.rejects(
      whileServed(fill, () => {}, { host }),
      /cannot serve at .* without a password/,
    );
  }
});

Deno.test("the address with its token is in no answer's Referer", async () => {
  await withNote(async ({ at }) => {
    for (const part of ["browse/", "look/note.txt", "raw/note.txt", "assets/page.js", "missing"]) {
      const answer = await fetch(at(part));
      await answer.body?.cancel();
      assert.equal(answer.headers.get("referrer-policy"), "no-referrer", part);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff", part);
      assert.equal(answer.headers.get("cross-origin-resource-policy"), "same-origin", part);
      assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'/, part);
    }
  });
});
