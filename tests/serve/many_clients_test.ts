import assert from "node:assert/strict";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import type { ServeOptions } from "../../serve/serve_images.ts";
import { requestLines, sendRaw, type Served, whileServed } from "../support/servers/served.ts";
import { TINY_JPEG, withExif } from "../support/trees/exif_jpeg.ts";

function fill(source: string): void {
  mkdirSync(`${source}/photos`);
  for (let i = 0; i < 200; i++) {
    writeFileSync(`${source}/photos/${i}.jpg`, withExif(TINY_JPEG, { thumbnail: TINY_JPEG }));
  }
  writeFileSync(`${source}/large.bin`, "");
  truncateSync(`${source}/large.bin`, 2 ** 33);
  writeFileSync(`${source}/note.txt`, "still here");
}

const served = (
  use: (served: Served) => Promise<void>,
  limits: NonNullable<ServeOptions["limits"]> = {},
) => whileServed(fill, use, { limits });

async function isStillThere({ at }: Served): Promise<void> {
  assert.equal(await (await fetch(at("raw/note.txt"))).text(), "still here");
}

/** Opens a connection, and sends what is given. */
function opened(port: number, text: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect(port, "127.0.0.1", () => resolve(socket.unref()));
  socket.on("error", reject);
  socket.write(text);
  return promise;
}

Deno.test("two hundred requests at once are all answered", async () => {
  await served(async (it) => {
    const parts = Array.from(
      { length: 200 },
      (_, i) => ["thumb", "raw", "info", "look"][i % 4] + `/photos/${i}.jpg`,
    );
    const answers = await Promise.all(parts.map(async (part) => {
      const answer = await fetch(it.at(part));
      await answer.arrayBuffer();
      return answer.status;
    }));
    assert.deepEqual([...new Set(answers)], [200]);
    await isStillThere(it);
  });
});

Deno.test("clients that read nothing hold up nobody, and are given up", async () => {
  await served(async (it) => {
    const target = new URL(it.at("raw/large.bin")).pathname;
    const request = `${requestLines(target).join("\r\n")}\r\n\r\n`;
    const sockets = await Promise.all(
      Array.from({ length: 40 }, () => opened(it.server.port, request)),
    );
    for (const socket of sockets) socket.pause();
    const closed = sockets.map((socket) => new Promise((resolve) => socket.on("close", resolve)));
    // More are asked for than are sent at a time: whoever waits gets its turn.
    await isStillThere(it);
    assert.match(it.problems.join("\n"), /a client has read nothing for/);
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  }, { stalledMs: 600 });
});

Deno.test("clients that send half a request hold up nobody, and are given up", async () => {
  await served(async (it) => {
    const sockets = await Promise.all(
      Array.from({ length: 100 }, () => opened(it.server.port, "GET / HTTP/1.1\r\nHost: 127.0")),
    );
    const closed = sockets.map((socket) => {
      socket.on("error", () => {});
      socket.resume();
      return new Promise((resolve) => socket.on("close", resolve));
    });
    await isStillThere(it);
    await Promise.all(closed);
  }, { headMs: 3000 });
});

Deno.test("archives that too many ask for are refused, and can be had again", async () => {
  await served(async (it) => {
    const target = new URL(it.at("zip/")).pathname;
    const request = `${requestLines(target).join("\r\n")}\r\n\r\n`;
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () => opened(it.server.port, request)),
    );
    for (const socket of sockets) socket.on("error", () => {}).pause();
    let status = 0;
    while (status !== 503) {
      ({ status } = await sendRaw(it.server.port, requestLines(target, {}, "HEAD")));
    }
    for (const socket of sockets) socket.destroy();
    while (status !== 200) {
      ({ status } = await sendRaw(it.server.port, requestLines(target, {}, "HEAD")));
    }
  });
});

Deno.test("a client that goes away ends what was made for it", async () => {
  await served(async (it) => {
    for (let i = 0; i < 60; i++) {
      const leaving = new AbortController();
      const answer = await fetch(it.at("raw/large.bin"), { signal: leaving.signal });
      await answer.body!.getReader().read();
      leaving.abort();
    }
    await isStillThere(it);
    assert.deepEqual(it.problems, []);
  });
});
