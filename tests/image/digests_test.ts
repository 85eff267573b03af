import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openImage } from "../../image/open_image.ts";
import { verifyImage } from "../../image/verify.ts";
import { failuresOf, flip, placeOf, withManyFiles } from "../support/images/damaged_image.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { rangeServer } from "../support/servers/range_server.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

testWith(
  { programs: ["mount", "umount", "sha256sum"], root: true, loop: true },
  "digests prints what sha256sum -c accepts in the mounted image, whatever the names",
  () =>
    inTemporaryFolder(async (place) => {
      const source = join(place, "odd");
      mkdirSync(source);
      const names = ["a b", "new\nline", "back\\slash", "cr\r", "\\n", "*star", " lead"];
      for (const name of names) writeFileSync(join(source, name), name);
      writeFileSync(Buffer.concat([Buffer.from(`${source}/`), Buffer.of(0xff, 0xfe, 0x41)]), "raw");
      truncateSync(join(source, "a b"), 3_000_000);
      const image = join(place, "odd.img");
      await icecoreOutput(["build", source, "-o", image, "--quiet"]);
      const { code, bytes } = await icecore(["digests", image]);
      assert.equal(code, 0);
      const list = join(place, "list");
      writeFileSync(list, bytes);
      const mountpoint = join(place, "mnt");
      mkdirSync(mountpoint);
      execFileSync("mount", ["-o", "loop,ro", image, mountpoint]);
      try {
        const { status, stderr } = spawnSync("sha256sum", ["-c", "--strict", "--quiet", list], {
          cwd: mountpoint,
        });
        assert.equal(status, 0, stderr.toString());
      } finally {
        execFileSync("umount", [mountpoint]);
      }
      assert.equal(bytes.filter((byte) => byte === 0x0a).length, names.length + 1);
    }),
);

Deno.test("a file with long holes is named by digests, and verified like any other", () =>
  inTemporaryFolder(async (place) => {
    const source = join(place, "holes");
    mkdirSync(source);
    writeFileSync(join(source, "sparse"), "data at the front");
    truncateSync(join(source, "sparse"), 200 * 2 ** 20);
    writeFileSync(join(source, "plain"), "plain");
    const image = join(place, "holes.img");
    await icecoreOutput(["build", source, "-o", image, "--quiet"]);
    rmSync(`${image}.sha512`);
    const { code, stdout, stderr } = await icecore(["digests", image]);
    assert.equal(code, 3);
    assert.match(stderr, /no SHA-256: holes\/sparse/);
    assert.match(stdout, /^[0-9a-f]{64} {2}holes\/plain\n$/);
    const bytes = readFileSync(image);
    assert.equal((await verifyImage(image)).contents?.countFiles, 2);
    flip(bytes, (await placeOf(bytes, "holes/sparse")).at + 5);
    writeFileSync(image, bytes);
    const failures = await failuresOf(image);
    assert.deepEqual(failures.map((one) => one.check === "contents" && one.paths), [
      ["holes/sparse"],
    ]);
    assert.equal((await icecore(["cat", image, "holes/sparse"])).code, 4);
  }));

Deno.test("a program gets the digests of all files, or of those below a path", () =>
  withManyFiles(async (image, paths, place) => {
    await using reader = await openImage(image);
    const found: string[] = [];
    for await (const { path, pathText, sha256, holesSha256 } of reader.digests()) {
      const contents = readFileSync(join(place, pathText));
      assert.equal(sha256, createHash("sha256").update(contents).digest("hex"), pathText);
      assert.equal(new TextDecoder().decode(path), pathText);
      assert.equal(holesSha256, undefined);
      found.push(pathText);
    }
    assert.deepEqual(found.sort(), [...paths].sort());
    const one = await Array.fromAsync(reader.digests("/many/f7"));
    assert.deepEqual(one.map(({ pathText }) => pathText), ["many/f7"]);
    await assert.rejects(reader.digests("none").next(), { code: "no-such-path" });
    const plain = join(place, "plain.img");
    await icecoreOutput(
      ["build", join(place, "many"), "-o", plain, "--quiet", "--without-record"],
    );
    await using without = await openImage(plain);
    await assert.rejects(without.digests().next(), { code: "no-record" });
  }));

Deno.test("the digests of an image on a server cost metadata and the record, no contents", () =>
  inTemporaryFolder(async (place) => {
    const source = join(place, "large");
    mkdirSync(source);
    for (const name of ["a", "b", "c"]) writeFileSync(join(source, name), new Uint8Array(8e6));
    const image = join(place, "large.img");
    await icecoreOutput(["build", source, "-o", image, "--quiet"]);
    await using server = await rangeServer(readFileSync(image));
    await using reader = await openImage(server.url);
    assert.equal((await Array.fromAsync(reader.digests())).length, 3);
    assert.ok(reader.traffic!.countBytes < 4e6, `${reader.traffic!.countBytes} bytes`);
  }));

Deno.test("two images are compared by their records, without a byte of contents", () =>
  withManyFiles(async (image, _, place) => {
    const other = join(place, "other.img");
    writeFileSync(join(place, "many/f3"), "changed");
    await icecoreOutput(["build", join(place, "many"), "-o", other, "--quiet"]);
    // A damaged file still has the digest that was recorded.
    const bytes = readFileSync(image);
    flip(bytes, (await placeOf(bytes, "many/f200")).at);
    writeFileSync(image, bytes);
    const { code, stdout } = await icecore(["diff", image, other]);
    assert.equal(code, 4);
    assert.equal(stdout, "M many/f3 (content, mtime)\n");
  }));
