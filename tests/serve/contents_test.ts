import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { requires } from "../support/programs/requirements.ts";
import { type Served, whileServed } from "../support/servers/served.ts";
import { pattern } from "../support/trees/source_folder.ts";

const FILM = pattern(900_000, 7);

/** The largest file that ext4 can hold. */
const HUGE = 2 ** 44 - 4096;

function fill(source: string): void {
  writeFileSync(`${source}/film.mp4`, FILM);
  writeFileSync(`${source}/same.mp4`, FILM);
  writeFileSync(`${source}/empty.txt`, "");
  writeFileSync(`${source}/huge.bin`, "begin");
  truncateSync(`${source}/huge.bin`, HUGE);
}

const withFilm = (use: (served: Served) => Promise<void>) => whileServed(fill, use);
const get = (url: string, headers: Record<string, string> = {}) => fetch(url, { headers });
const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer());

Deno.test("a file comes whole, with its size, its type and a tag of its digest", async () => {
  await withFilm(async ({ at }) => {
    const answer = await get(at("raw/film.mp4"));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-length"), String(FILM.length));
    assert.equal(answer.headers.get("content-type"), "video/mp4");
    assert.equal(answer.headers.get("accept-ranges"), "bytes");
    const digest = createHash("sha256").update(FILM).digest("hex");
    assert.equal(answer.headers.get("etag")?.slice(1, 33), digest.slice(0, 32));
    assert.deepEqual(await bytesOf(answer), FILM);
  });
});

Deno.test("HEAD says the same and sends nothing", async () => {
  await withFilm(async ({ at }) => {
    const [whole, head] = [
      await get(at("raw/film.mp4")),
      await fetch(at("raw/film.mp4"), {
        method: "HEAD",
      }),
    ];
    await whole.body?.cancel();
    for (const name of ["content-length", "content-type", "etag", "accept-ranges"]) {
      assert.equal(head.headers.get(name), whole.headers.get(name), name);
    }
    assert.equal((await bytesOf(head)).length, 0);
  });
});

Deno.test("a range is answered with 206 and nothing but it", async () => {
  await withFilm(async ({ at }) => {
    for (
      const [range, from, to] of [["0-0", 0, 1], ["500000-", 500_000, 900_000], [
        "-7",
        899_993,
        900_000,
      ]] as const
    ) {
      const answer = await get(at("raw/film.mp4"), { range: `bytes=${range}` });
      assert.equal(answer.status, 206);
      assert.equal(answer.headers.get("content-range"), `bytes ${from}-${to - 1}/${FILM.length}`);
      assert.equal(answer.headers.get("content-length"), String(to - from));
      assert.deepEqual(await bytesOf(answer), FILM.subarray(from, to));
    }
  });
});

Deno.test("a range behind the end is answered with 416 and the size", async () => {
  await withFilm(async ({ at }) => {
    const answer = await get(at("raw/film.mp4"), { range: "bytes=900000-" });
    await answer.body?.cancel();
    assert.equal(answer.status, 416);
    assert.equal(answer.headers.get("content-range"), "bytes */900000");
  });
});

Deno.test("If-Range continues what is the same, and begins anew what is not", async () => {
  await withFilm(async ({ at }) => {
    const etag = (await fetch(at("raw/film.mp4"), { method: "HEAD" })).headers.get("etag")!;
    const status = async (ifRange: string) => {
      const answer = await get(at("raw/film.mp4"), { range: "bytes=5-9", "if-range": ifRange });
      await answer.body?.cancel();
      return answer.status;
    };
    assert.equal(await status(etag), 206);
    assert.equal(await status('"another"'), 200);
  });
});

Deno.test("If-None-Match has nothing sent that is known", async () => {
  await withFilm(async ({ at }) => {
    const etag = (await fetch(at("raw/film.mp4"), { method: "HEAD" })).headers.get("etag")!;
    const answer = await get(at("raw/film.mp4"), { "if-none-match": etag });
    assert.equal(answer.status, 304);
    assert.equal((await bytesOf(answer)).length, 0);
  });
});

Deno.test("an empty file is an answer without bytes", async () => {
  await withFilm(async ({ at }) => {
    const answer = await get(at("raw/empty.txt"));
    assert.deepEqual([answer.status, answer.headers.get("content-length")], [200, "0"]);
    assert.equal((await bytesOf(answer)).length, 0);
  });
});

Deno.test("a file of 16 TiB is read where it is asked for, and nowhere else", async () => {
  await withFilm(async ({ at }) => {
    const end = HUGE - 1;
    const answer = await get(at("raw/huge.bin"), { range: `bytes=${end - 9}-${end}` });
    assert.equal(answer.status, 206);
    assert.deepEqual(await bytesOf(answer), new Uint8Array(10));
    const whole = await get(at("raw/huge.bin"));
    assert.equal(whole.headers.get("content-length"), String(HUGE));
    const reader = whole.body!.getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value!.subarray(0, 5)), "begin");
    await reader.cancel();
  });
});

Deno.test("a damaged file is never a finished download", async () => {
  await withFilm(async ({ at, image, path, problems }) => {
    const { contentsAt } = await image.stat("/film.mp4");
    const file = await Deno.open(path, { read: true, write: true });
    await file.seek(contentsAt! + 800_000, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode("damage"));
    file.close();
    const answer = await get(at("raw/film.mp4"));
    await assert.rejects(bytesOf(answer));
    assert.match(problems.join("\n"), /cannot trust film\.mp4/);
    // A part of it cannot be compared, and what is right comes whole.
    assert.equal((await bytesOf(await get(at("raw/film.mp4"), { range: "bytes=0-9" }))).length, 10);
    assert.deepEqual(await bytesOf(await get(at("raw/same.mp4"))), FILM);
  });
});

const { ignore, suffix } = requires({ programs: ["curl"] });
Deno.test({
  name: `curl continues a download, and sees what HEAD says${suffix}`,
  ignore,
  fn: async () => {
    await withFilm(async ({ at, folder }) => {
      const target = `${folder}/film.mp4`;
      writeFileSync(target, FILM.subarray(0, 300_000));
      const run = async (...args: string[]) => {
        const { stdout, code } = await new Deno.Command("curl", { args: ["-sS", ...args] })
          .output();
        assert.equal(code, 0);
        return new TextDecoder().decode(stdout);
      };
      await run("-C", "-", "-o", target, at("raw/film.mp4"));
      assert.deepEqual(new Uint8Array(readFileSync(target)), FILM);
      assert.match(
        await run("-I", at("raw/film.mp4")),
        /^HTTP\/1\.1 200 .*content-length: 900000/is,
      );
      assert.match(
        await run("-I", "-r", "0-9", at("raw/film.mp4")),
        /^HTTP\/1\.1 206 .*content-range: bytes 0-9\/900000/is,
      );
      assert.equal(
        await run("-r", "900001-", "-o", "/dev/null", "-w", "%{http_code}", at("raw/film.mp4")),
        "416",
      );
      const status = async (...args: string[]) =>
        await run("-o", "/dev/null", "-w", "%{http_code} %{size_download}", ...args);
      const head = await run("-I", at("raw/film.mp4"));
      const etag = /^etag: (\S+)/im.exec(head)![1]!;
      const range = ["-r", "100-199", at("raw/film.mp4")];
      assert.equal(await status("-H", `If-Range: ${etag}`, ...range), "206 100");
      assert.equal(await status("-H", 'If-Range: "another"', ...range), "200 900000");
      assert.equal(await status("-H", `If-None-Match: ${etag}`, at("raw/film.mp4")), "304 0");
    });
  },
});
