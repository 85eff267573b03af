/**
 * The main job on data sets of the benchmark, small: a folder in, an image out that anybody's
 * tools find sound, complete and small.
 */

import assert from "node:assert/strict";
import { linkSync, mkdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { type DataKind, generate } from "../../bench/data.ts";
import { assertE2fsckClean, output, withMount } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { assertNothingLeft, build, inLab, type Lab, REAL } from "./lab.ts";
import { assertSameTrees } from "./same_trees.ts";

const NEEDS = {
  ...REAL,
  programs: [...REAL.programs!, "setfattr", "getfattr", "setfacl", "sha512sum", "rsync"],
};

/** Everything that `cp -r` loses. */
function decorate(lab: Lab): void {
  const at = (name: string) => lab.at(`source/${name}`);
  linkSync(at("one"), at("inner/hard link"));
  symlinkSync("one", at("symlink"));
  symlinkSync("long ".repeat(40), at("long symlink"));
  output("mknod", [at("pipe"), "p"]);
  output("mknod", [at("device"), "b", "259", "70000"]);
  writeFileSync(at("holes"), "start");
  truncateSync(at("holes"), 50_000_000);
  output(
    "dd",
    ["if=/dev/urandom", `of=${at("holes")}`, "bs=4096", "seek=999", "count=2"].concat([
      "conv=notrunc",
      "status=none",
    ]),
  );
  output("dd", ["if=/dev/null", `of=${at("all hole")}`, "bs=1M", "seek=9", "status=none"]);
  output("chown", ["70000:80000", at("one")]);
  output("chmod", ["4751", at("one")]);
  output("chmod", ["1730", at("inner")]);
  output("chown", ["-h", "7:8", at("symlink")]);
  output("setfattr", ["-n", "user.comment", "-v", "short", at("one")]);
  output("setfattr", ["-n", "user.large", "-v", "x".repeat(3000), at("holes")]);
  output("setfattr", ["-n", "trusted.folder", "-v", "1", at("inner")]);
  output("setfattr", ["-h", "-n", "trusted.link", "-v", "1", at("symlink")]);
  output("setfacl", ["-m", "u:1234:rw,g:77:r", at("inner/two")]);
  output("setfacl", ["-d", "-m", "u:1234:rwx", at("inner")]);
  writeFileSync(at("latin1"), "");
  output("sh", ["-c", `cd "$1" && mv latin1 "$(printf 'name \\344 and\\nnewline')"`, "sh", at("")]);
  writeFileSync(at("n".repeat(255)), "");
  mkdirSync(at("empty folder"));
  output("touch", ["-d", "1969-12-31 23:59:58.25", at("all hole")]);
  output("touch", ["-h", "-d", "2038-01-20 00:00:00.123456789", at("symlink")]);
  output("touch", ["-d", "2001-02-03 04:05:06.789012345", at("inner"), at("")]);
}

testWith(NEEDS, "an image holds everything of its source, metadata included", async () => {
  await inLab(async (lab) => {
    decorate(lab);
    const { code, stderr, stdout } = await build(lab, ["--label", "my photos"]);
    assert.equal(code, 0, stderr);
    await assertNothingLeft(lab);
    const image = lab.at("out.img");
    assertE2fsckClean(image);
    assert.match(output("tune2fs", ["-l", image]), /^Filesystem features: .*\bread-only\b/m);
    assert.match(output("tune2fs", ["-l", image]), /^Filesystem volume name: +my photos$/m);
    assert.match(output("tune2fs", ["-l", image]), /^Reserved block count: +0$/m);
    assert.equal(output("sha512sum", ["--check", "out.img.sha512"], lab.folder), "out.img: OK\n");
    assert.equal(output("sha512sum", ["out.img"], lab.folder), stdout);
    await withMount(image, lab.folder, (mountpoint) => {
      assertSameTrees(lab.source, `${mountpoint}/source`);
    });
  });
});

/** Data sets with their scale and the bytes of a block that counts. */
const sets: readonly (readonly [DataKind, number])[] = [
  ["photos", 0.03],
  ["small", 0.02],
  ["flat", 0.02],
];

for (const [kind, scale] of sets) {
  testWith(
    NEEDS,
    `the image of ${kind} is at most 1 % above its blocks, whatever the --size`,
    async () => {
      await inLab(async (lab) => {
        const { occupiedBytes } = generate(kind, lab.source, scale);
        const kilobytes = Number(
          output("du", ["-s", "--apparent-size", "-k", lab.source]).split("\t")[0],
        );
        for (const size of [undefined, `${kilobytes * 2}K`, `${Math.ceil(kilobytes / 5)}K`]) {
          const more = size === undefined ? [] : [`--size=${size}`];
          const { code, stderr } = await build(lab, ["--force", "--quiet", ...more]);
          assert.equal(code, 0, stderr);
          const image = lab.at("out.img");
          assertE2fsckClean(image);
          const sizeBytes = statSync(image).size;
          assert.ok(sizeBytes <= occupiedBytes * 1.01, `${sizeBytes} for ${occupiedBytes}`);
          await withMount(image, lab.folder, (mountpoint) => {
            assertSameTrees(lab.source, `${mountpoint}/source`);
          });
        }
        await assertNothingLeft(lab);
      });
    },
  );
}
