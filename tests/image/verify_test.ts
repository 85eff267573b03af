import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { checkImage } from "../../ext4/checker/check_image.ts";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { type VerifyFailure, verifyImage } from "../../image/verify.ts";
import { regionsOf } from "../support/images/image_regions.ts";
import { output } from "../support/programs/oracles.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { rangeServer } from "../support/servers/range_server.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** A folder and its image with a side file. */
async function withImage(
  use: (image: string, source: string) => Promise<void>,
  flags: readonly string[] = [],
): Promise<void> {
  await inTemporaryFolder(async (place) => {
    const source = join(place, "docs");
    mkdirSync(join(source, "deep"), { recursive: true });
    writeFileSync(join(source, "a.txt"), "a".repeat(5000));
    writeFileSync(join(source, "deep/b.txt"), "b");
    const image = join(place, "docs.img");
    await icecoreOutput(["build", source, "-o", image, "--quiet", ...flags]);
    await use(image, source);
  });
}

/** What is found wrong, as check and place. */
async function failuresOf(image: string, sources: readonly string[]): Promise<string[]> {
  const failures: string[] = [];
  const onFailure = (failure: VerifyFailure) => {
    const what = failure.check === "source"
      ? `${failure.difference.kind} ${failure.difference.path}`
      : failure.check === "structure"
      ? failure.structure
      : "";
    failures.push(`${failure.check} ${what}`.trim());
  };
  await assert.rejects(verifyImage(image, { sources, onFailure }), { code: "verification-failed" });
  return failures;
}

/** Changes one byte. */
function damage(image: string, offset: number): void {
  const bytes = readFileSync(image);
  bytes[offset]! ^= 0x40;
  writeFileSync(image, bytes);
}

Deno.test("an image that is as it was passes every check", () =>
  withImage(async (image, source) => {
    const { digest, countInodes } = await verifyImage(image, { sources: [source] });
    assert.equal(digest?.algorithm, "sha512");
    assert.ok(countInodes >= 5);
  }));

Deno.test("a byte of a file that changed is found by its digest and by its source", () =>
  withImage(async (image, source) => {
    const at = readFileSync(image).indexOf("a".repeat(5000));
    damage(image, at + 4000);
    assert.deepEqual(await failuresOf(image, [source]), [
      "contents",
      "digest",
      "source content docs/a.txt",
    ]);
  }));

Deno.test("a byte of a structure that changed is found, and the structure named", () =>
  withImage(async (image) => {
    damage(image, 1024 + 0x4c);
    assert.deepEqual(await failuresOf(image, []), ["digest", "structure ext4_super_block"]);
  }));

Deno.test("a broken superblock is one place, and nothing is compared behind it", () =>
  withImage(async (image, source) => {
    damage(image, 1024 + 0x4c);
    await assert.rejects(verifyImage(image, { digest: "never", sources: [source] }), {
      message: /: its structure is damaged in 1 place; therefore it could not be compared with/,
    });
  }));

Deno.test("places beyond the hundred that are reported are counted, too", () =>
  withImage(async (image) => {
    const source = join(image, "../many");
    mkdirSync(source);
    for (let index = 0; index < 250; index++) writeFileSync(join(source, `${index}`), "");
    await icecoreOutput(["build", source, "-o", image, "--force", "--quiet"]);
    const bytes = readFileSync(image);
    for (const { kind, offsetBytes, sizeBytes } of regionsOf(bytes)) {
      if (kind === "inode table") bytes.fill(1, offsetBytes, offsetBytes + sizeBytes);
    }
    writeFileSync(image, bytes);
    const { countFindings } = await checkImage(bytesSource(bytes));
    assert.ok(countFindings > 200);
    await assert.rejects(verifyImage(image, { digest: "never" }), {
      message: new RegExp(`: its structure is damaged in ${countFindings} places\\.`),
    });
  }));

Deno.test("without side file and record an image is verified by its source, or not at all", () =>
  withImage(async (image, source) => {
    rmSync(`${image}.sha512`);
    await assert.rejects(verifyImage(image), {
      code: "no-side-file",
      message: /verify without it/,
    });
    assert.equal((await verifyImage(image, { sources: [source] })).digest, undefined);
    await verifyImage(image, { digest: "never" });
    utimesSync(join(source, "deep"), 5, 5);
    assert.deepEqual(await failuresOf(image, [source]), ["source metadata docs/deep"]);
  }, ["--without-record"]));

Deno.test("a folder to compare with that is not there is named as it was given", () =>
  withImage(async (image) => {
    await assert.rejects(verifyImage(image, { sources: ["/nonexistent"] }), {
      message: /^cannot read \/nonexistent: it does not exist/,
    });
  }));

Deno.test("a side file of another image is distinguished from an invalid one", () =>
  withImage(async (image) => {
    const side = `${image}.sha512`;
    writeFileSync(side, readFileSync(side, "utf8").replace(/^[0-9a-f]{8}/, "00000000"));
    assert.deepEqual(await failuresOf(image, []), ["digest"]);
    writeFileSync(side, "nonsense\n");
    await assert.rejects(verifyImage(image), { code: "bad-side-file" });
  }));

Deno.test("a side file that is a FIFO is not waited for", () =>
  withImage(async (image) => {
    rmSync(`${image}.sha512`);
    output("mkfifo", [`${image}.sha512`]);
    await assert.rejects(verifyImage(image), /it is not a regular file/);
  }));

Deno.test("an image that was cut fails, and so does a file that is not an image", () =>
  withImage(async (image) => {
    truncateSync(image, statSync(image).size - 4096);
    assert.deepEqual(await failuresOf(image, []), [
      "record",
      "digest",
      "structure ext4_super_block",
    ]);
    writeFileSync(image, "no image at all ".repeat(1000));
    await assert.rejects(verifyImage(image), { name: "CorruptImageError", code: "not-ext4" });
    await assert.rejects(verifyImage(`${image}.none`), { code: "no-image" });
  }));

Deno.test("an image that has lost no more than its magic is damaged, and no other file", () =>
  withImage(async (image) => {
    damage(image, 1024 + 0x38);
    assert.deepEqual(await failuresOf(image, []), ["digest", "structure ext4_super_block"]);
  }));

Deno.test("verify of what is not an image ends with 1, and the words of ls", () =>
  withImage(async (image) => {
    const packed = `${image}.gz`;
    writeFileSync(packed, gzipSync(readFileSync(image)));
    const verified = await icecore(["verify", packed]);
    const listed = await icecore(["ls", packed]);
    assert.equal(verified.code, 1);
    assert.match(verified.stderr, /it is compressed\. Unpack it with gunzip -c /);
    assert.equal(verified.stderr, listed.stderr);
    writeFileSync(`${packed}.sha512`, `${"0".repeat(128)}  docs.img.gz\n`);
    assert.equal((await icecore(["verify", packed])).code, 4);
  }));

Deno.test("an image of several folders is compared with all of them", () =>
  withImage(async (image, source) => {
    const other = join(source, "../other");
    mkdirSync(other);
    writeFileSync(join(other, "c"), "c");
    await icecoreOutput(["build", source, other, "-o", image, "--force", "--quiet"]);
    await verifyImage(image, { sources: [source, other] });
    renameSync(join(other, "c"), join(other, "d"));
    assert.deepEqual((await failuresOf(image, [source, other])).slice(-2), [
      "source removed other/c",
      "source added other/d",
    ]);
  }));

Deno.test("an image on a server is verified with the side file beside it", () =>
  withImage(async (image, source) => {
    const [bytes, side] = [readFileSync(image), readFileSync(`${image}.sha512`)];
    await using server = await rangeServer(bytes);
    server.fault = ({ path }) => {
      const isSide = path.endsWith(".sha512");
      server.file = { bytes: isSide ? side : bytes, headers: { etag: isSide ? '"s"' : '"i"' } };
      return undefined;
    };
    const { digest } = await verifyImage(server.url, { sources: [source] });
    assert.equal(digest?.sideFile, `${server.url}.sha512`);
    bytes[bytes.length - 1]! ^= 1;
    await assert.rejects(verifyImage(server.url), { code: "verification-failed" });
    server.fault = ({ path }) => /\.[a-z]+\d+$/.test(path) ? { status: 404 } : undefined;
    server.file = { bytes, headers: { etag: '"i"' } };
    await assert.rejects(verifyImage(server.url), { code: "verification-failed" });
    bytes[bytes.length - 1]! ^= 1;
    const { digest: none, contents } = await verifyImage(server.url);
    assert.deepEqual([none, contents?.countFiles], [undefined, 2], "the record alone is there");
  }));

Deno.test("verify on the command line names every difference, and shows it by its exit code", () =>
  withImage(async (image, source) => {
    assert.equal((await icecore(["verify", image])).stdout, `${image}: OK\n`);
    const copy = `${image}-copy`;
    copyFileSync(image, copy);
    assert.equal((await icecore(["verify", copy])).code, 1);
    const same = await icecore(["verify", copy, "--source", source]);
    assert.equal(same.code, 0, same.stderr);
    assert.match(same.stderr, /has no side file/);
    rmSync(join(source, "deep/b.txt"));
    utimesSync(join(source, "deep"), 7, 7);
    const other = await icecore(["verify", image, "--source", source]);
    assert.equal(other.code, 4);
    assert.equal(other.stdout, "m docs/deep (mtime)\n- docs/deep/b.txt\n");
    assert.match(other.stderr, /cannot trust .*: 2 names are not as in the source/);
    const json = await icecore(["verify", image, "--source", source, "--json"]);
    assert.deepEqual(
      json.stdout.trim().split("\n").map((line) => JSON.parse(line).type),
      ["failure", "failure", "error"],
    );
  }, ["--without-record"]));
