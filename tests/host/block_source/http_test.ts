import assert from "node:assert/strict";
import type { HostBlockSource, SourceOptions } from "../../../host/block_source/block_source.ts";
import { openSource } from "../../../host/block_source/open_source.ts";
import { type Fault, type RangeServer, rangeServer } from "../../support/servers/range_server.ts";
import { pattern } from "../../support/trees/source_folder.ts";

const image = pattern(1_000_000, 3);
const quick: SourceOptions = { retryDelayMs: 1, countRetries: 3, timeoutMs: 500 };

/** Opens the server's file, gives it to `use`, and closes it. */
async function withSource(
  server: RangeServer,
  use: (source: HostBlockSource) => Promise<void>,
  options: SourceOptions = quick,
): Promise<void> {
  const source = await openSource(server.url, options);
  try {
    await use(source);
  } finally {
    source.close();
  }
}

async function bytesOf(source: HostBlockSource, start: number, end: number): Promise<Uint8Array> {
  const into = new Uint8Array(end - start);
  await source.read(start, into);
  return into;
}

/** Fails once, behind the head of the image. */
function firstTime(fault: Fault): RangeServer["fault"] {
  let hasFailed = false;
  return ({ startBytes }) => {
    if (startBytes === 0 || hasFailed) return undefined;
    hasFailed = true;
    return fault;
  };
}

async function refusal(server: RangeServer, options: SourceOptions = quick) {
  try {
    (await openSource(server.url, options)).close();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message };
  }
  return assert.fail("it was opened");
}

Deno.test("one request opens an image and brings its first 260 KiB", async () => {
  await using server = await rangeServer(image);
  await withSource(server, async (source) => {
    assert.equal(source.sizeBytes, image.length);
    assert.deepEqual(await bytesOf(source, 0, 266_240), image.subarray(0, 266_240));
    assert.deepEqual(await bytesOf(source, 1024, 2048), image.subarray(1024, 2048));
    assert.equal(server.requests.length, 1);
    assert.deepEqual(source.traffic, { countRequests: 1, countBytes: 266_240 });
  });
});

Deno.test("a range is one request for just its bytes", async () => {
  await using server = await rangeServer(image);
  await withSource(server, async (source) => {
    assert.deepEqual(await bytesOf(source, 300_000, 999_999), image.subarray(300_000, 999_999));
    assert.deepEqual(server.requests.map(({ startBytes, endBytes }) => [startBytes, endBytes]), [
      [0, 266_240],
      [300_000, 999_999],
    ]);
  });
});

Deno.test("several reads at once all get their bytes", async () => {
  await using server = await rangeServer(image);
  await withSource(server, async (source) => {
    const starts = [270_000, 400_000, 500_001, 900_000];
    const all = await Promise.all(starts.map((start) => bytesOf(source, start, start + 50_000)));
    for (const [i, bytes] of all.entries()) {
      assert.deepEqual(bytes, image.subarray(starts[i]!, starts[i]! + 50_000));
    }
  });
});

for (
  const [what, fault] of [
    ["a connection cut in the middle is continued where it broke", { cutAfterBytes: 100_000 }],
    ["a connection cut before the first byte is tried again", { cutAfterBytes: 0 }],
    ["a server that stalls before its answer is asked again", { stall: "before-head" }],
    ["a server that stalls in its answer is asked for the rest", { stall: "in-body" }],
    ["503 is tried again", { status: 503 }],
    ["429 is tried again when the server wants it", {
      status: 429,
      headers: { "retry-after": "0" },
    }],
    ["another range than was asked for is not taken", "shifted-range"],
  ] satisfies [string, Fault][]
) {
  Deno.test(what, async () => {
    await using server = await rangeServer(image);
    server.fault = firstTime(fault);
    await withSource(server, async (source) => {
      assert.deepEqual(await bytesOf(source, 300_000, 900_000), image.subarray(300_000, 900_000));
      assert.ok(server.requests.length >= 3);
    });
  });
}

Deno.test("a cut connection is continued, not begun again", async () => {
  await using server = await rangeServer(image);
  server.fault = firstTime({ cutAfterBytes: 200_000 });
  await withSource(server, async (source) => {
    await bytesOf(source, 300_000, 900_000);
    const starts = server.requests.slice(1).map(({ startBytes }) => startBytes);
    assert.equal(starts[0], 300_000);
    assert.ok(starts.slice(1).every((start) => start > 300_000), `${starts}`);
  });
});

Deno.test("a server that cuts every answer is read all the same, as long as bytes come", async () => {
  await using server = await rangeServer(image);
  server.fault = ({ startBytes }) => startBytes === 0 ? undefined : { cutAfterBytes: 80_000 };
  await withSource(server, async (source) => {
    assert.deepEqual(await bytesOf(source, 270_000, 990_000), image.subarray(270_000, 990_000));
  });
});

Deno.test("retries are bounded", async () => {
  await using server = await rangeServer(image);
  server.fault = () => ({ status: 503 });
  const { code, message } = await refusal(server);
  assert.equal(server.requests.length, 4);
  assert.equal(code, "unreachable");
  assert.match(message, /^cannot read http:.*: the server answered 503 \(tried 4 times\)\. Check/);
});

Deno.test("a file that is replaced while it is read is an error, not garbage", async () => {
  const changes: [string, RangeServer["file"]][] = [
    ["ETag", { bytes: pattern(1_000_000, 9), headers: { etag: '"second"' } }],
    ["size", { bytes: pattern(1_100_000, 9), headers: { etag: '"first"' } }],
    ["shorter", { bytes: pattern(290_000, 9), headers: { etag: '"first"' } }],
    ["ETag gone", { bytes: pattern(1_000_000, 9), headers: {} }],
  ];
  for (const [what, file] of changes) {
    await using server = await rangeServer(image);
    await withSource(server, async (source) => {
      await bytesOf(source, 300_000, 300_100);
      server.file = file;
      await assert.rejects(bytesOf(source, 300_000, 300_100), { code: "image-changed" }, what);
    });
  }
});

Deno.test("without an ETag a new Last-Modified shows that the file was replaced", async () => {
  const first = { "last-modified": "Wed, 01 May 2024 10:00:00 GMT" };
  await using server = await rangeServer(image, first);
  await withSource(server, async (source) => {
    server.file = {
      bytes: pattern(1_000_000, 9),
      headers: { "last-modified": "Wed, 01 May 2024 10:00:01 GMT" },
    };
    await assert.rejects(bytesOf(source, 300_000, 300_100), {
      code: "image-changed",
      message: /: it was replaced on the server while it was read\. Start again\.$/,
    });
  });
});

Deno.test("a replacement between a cut and its continuation is noticed", async () => {
  await using server = await rangeServer(image);
  server.fault = ({ startBytes }) => {
    if (startBytes !== 300_000) return undefined;
    server.file = { bytes: pattern(1_000_000, 9), headers: { etag: '"second"' } };
    return undefined;
  };
  await withSource(server, async (source) => {
    await assert.rejects(bytesOf(source, 300_000, 900_000), { code: "image-changed" });
  });
});

for (
  const [what, fault, code, words] of [
    ["a server that ignores Range", "ignore-range", "no-ranges", /ignores ranges .*Download/],
    ["404", { status: 404 }, "url-not-found", /no such file on the server\. Check/],
    ["410", { status: 410 }, "url-not-found", /no such file on the server\. Check/],
    ["403", { status: 403 }, "url-forbidden", /does not allow it\. Ask for access/],
    ["401", { status: 401 }, "url-forbidden", /wants a name and a password/],
    ["400", { status: 400 }, "unreachable", /answered 400\. Check the URL/],
    ["206 without a range", { status: 206 }, "no-ranges", /ignores ranges/],
    ["a redirect to a file", { redirect: "file:///etc/passwd" }, "redirects", /address of file/],
  ] satisfies [string, Fault, string, RegExp][]
) {
  Deno.test(`${what} is refused at once, with its own message`, async () => {
    await using server = await rangeServer(image);
    server.fault = () => fault;
    const refused = await refusal(server);
    assert.equal(refused.code, code);
    assert.match(refused.message, /^cannot read http:\/\/127\.0\.0\.1:\d+\/image/);
    assert.match(refused.message, words);
    assert.equal(server.requests.length, 1);
  });
}

Deno.test("redirects are followed once, and later requests go to where they led", async () => {
  await using server = await rangeServer(image);
  server.fault = ({ path }) => path === "/image" ? { redirect: "/moved" } : undefined;
  await withSource(server, async (source) => {
    assert.deepEqual(await bytesOf(source, 300_000, 300_100), image.subarray(300_000, 300_100));
    assert.deepEqual(server.requests.map(({ path }) => path), ["/image", "/moved", "/moved"]);
  });
});

Deno.test("when the place that a redirect led to expires, the redirect is asked again", async () => {
  await using server = await rangeServer(image);
  let place = "/one";
  server.fault = ({ path }) => {
    if (path === "/image") return { redirect: place };
    return path === place ? undefined : { status: 403 };
  };
  await withSource(server, async (source) => {
    place = "/two";
    assert.deepEqual(await bytesOf(source, 300_000, 300_100), image.subarray(300_000, 300_100));
  });
});

Deno.test("redirects in a circle end", async () => {
  await using server = await rangeServer(image);
  server.fault = () => ({ redirect: "/image" });
  assert.equal((await refusal(server)).code, "redirects");
  assert.ok(server.requests.length <= 12);
});

Deno.test("name and password go to the server they are for, and into no message", async () => {
  await using other = await rangeServer(image);
  await using server = await rangeServer(image);
  const secret = server.url.replace("//", "//anna:s%20cret@");
  const source = await openSource(secret, quick);
  assert.equal(source.shownName, server.url);
  source.close();
  const basic = `Basic ${btoa("anna:s cret")}`;
  assert.deepEqual(server.requests.map(({ authorization }) => authorization), [basic]);

  server.fault = () => ({ redirect: other.url });
  (await openSource(secret, quick)).close();
  assert.deepEqual(other.requests.map(({ authorization }) => authorization), [undefined]);

  server.fault = () => ({ status: 403 });
  await assert.rejects(openSource(`${secret}?X-Amz-Signature=hidden`, quick), ({ message }) => {
    assert.doesNotMatch(message, /anna|cret|hidden/);
    assert.match(message, /\/image\?…: the server does not allow it/);
    return true;
  });
});

Deno.test("no server, and no such host name, each have their own message", async () => {
  const server = await rangeServer(image);
  await server[Symbol.asyncDispose]();
  const { code, message } = await refusal(server);
  assert.equal(code, "unreachable");
  assert.match(message, /: the server refuses connections \(tried 2 times\)\./);
  await assert.rejects(openSource("http://anna:secret@/x", quick), ({ code, message }) => {
    assert.equal(code, "bad-url");
    assert.doesNotMatch(message, /secret/);
    return true;
  });
});

Deno.test("an empty file is an empty image", async () => {
  await using server = await rangeServer(new Uint8Array());
  await withSource(server, (source) => Promise.resolve(assert.equal(source.sizeBytes, 0)));
});

Deno.test("a signal ends a read that is under way, with its reason", async () => {
  await using server = await rangeServer(image);
  const stop = new AbortController();
  server.fault = ({ startBytes }) => {
    if (startBytes === 0) return undefined;
    queueMicrotask(() => stop.abort(new Error("enough")));
    return { stall: "in-body" };
  };
  await withSource(server, async (source) => {
    await assert.rejects(bytesOf(source, 300_000, 300_100), /enough/);
  }, { ...quick, timeoutMs: 60_000, signal: stop.signal });
});

Deno.test("after closing, reads fail with a clear word", async () => {
  await using server = await rangeServer(image);
  const source = await openSource(server.url, quick);
  source.close();
  await assert.rejects(bytesOf(source, 300_000, 300_100), { code: "image-closed" });
});
