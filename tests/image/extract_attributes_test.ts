import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { extractImage } from "../../image/extract.ts";
import { openImage } from "../../image/open_image.ts";
import { imageBytes, planOf, temporaryFolder } from "../support/images/write_image.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { buildTree, file, folder } from "../support/trees/tree_builder.ts";

const large = (letter: number) => new Uint8Array(1000).fill(letter);

testWith(
  { root: true, loop: true, programs: ["mkfs.ext4", "mount", "umount", "getfattr"] },
  "attributes that do not fit beside each other on the target are a loss, and no full disk",
  async () => {
    const xattrs = Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`trusted.${i}`, large(i)]));
    const built = buildTree(folder({ a: file("a"), b: file("b", { xattrs }), c: file("c") }));
    const place = temporaryFolder();
    const [disk, target] = [join(place, "disk"), join(place, "target")];
    writeFileSync(disk, "");
    truncateSync(disk, 16 << 20);
    output("mkfs.ext4", ["-q", "-b", "4096", "-O", "^ea_inode", disk]);
    mkdirSync(target);
    output("mount", ["-t", "ext4", "-o", "loop", disk, target]);
    try {
      await using image = await openImage(bytesSource(imageBytes(built, planOf(built))));
      const { losses } = await extractImage(image, { target, force: true });
      const reported = losses.map(({ kind, count, firstPath, isGrave }) =>
        [kind, count, firstPath, isGrave].join(" ")
      );
      assert.deepEqual(reported, ["attribute 1 b true", "attribute 1 b true"]);
      assert.deepEqual(readdirSync(target).sort(), ["a", "b", "c", "lost+found"]);
      const kept = output("getfattr", ["-d", "-m", "trusted", join(target, "b")]);
      assert.equal(kept.match(/^trusted\./gm)?.length, 3);
    } finally {
      output("umount", [target]);
      rmSync(place, { recursive: true, force: true });
    }
  },
);
