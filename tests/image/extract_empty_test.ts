import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { INODE } from "../../ext4/structs/inode.ts";
import { extractImage } from "../../image/extract.ts";
import { openImage } from "../../image/open_image.ts";
import { Forgery } from "../support/images/forge.ts";
import { imageBytes, planOf, temporaryFolder } from "../support/images/write_image.ts";
import { buildTree, file, folder } from "../support/trees/tree_builder.ts";

const built = buildTree(folder({ one: file("1"), two: file("2"), three: file("3") }));
const sound = imageBytes(built, planOf(built));

async function forged(change: (inode: Uint8Array) => void): Promise<Uint8Array> {
  const bytes = sound.slice();
  await using image = await openImage(bytesSource(sound));
  new Forgery(bytes).inode((await image.stat("two")).inode, change);
  return bytes;
}

Deno.test("an empty file whose block map is broken is refused by extract, as it is when it is read", async () => {
  // As in e2fsprogs' `f_zeroed_ext_header`.
  const bytes = await forged((inode) => {
    inode.fill(0, INODE.offsets.i_block, INODE.offsets.i_block + 60);
    inode.fill(0, INODE.offsets.i_size_lo, INODE.offsets.i_size_lo + 4);
  });
  const place = temporaryFolder();
  try {
    const target = join(place, "target");
    await using image = await openImage(bytesSource(bytes));
    await assert.rejects(image.openFile("two"), { code: "extent-header" });
    await assert.rejects(extractImage(image, { target }), { code: "extent-header" });
    assert.equal(existsSync(target), false);
    const leftOut: string[] = [];
    await using damaged = await openImage(bytesSource(bytes), {
      onBroken: ({ code }, path) => leftOut.push(`${new TextDecoder().decode(path)}: ${code}`),
    });
    await extractImage(damaged, { target });
    assert.deepEqual(readdirSync(target).sort(), ["one", "three"]);
    assert.deepEqual(leftOut, ["two: extent-header"]);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

Deno.test("a size beyond 2^53 is printed to the last digit", async () => {
  const bytes = await forged((inode) => {
    inode.fill(0xff, INODE.offsets.i_size_lo, INODE.offsets.i_size_lo + 4);
    inode.fill(0xff, INODE.offsets.i_size_high, INODE.offsets.i_size_high + 4);
  });
  await using image = await openImage(bytesSource(bytes));
  await assert.rejects(image.stat("two"), /i_size 18446744073709551615\)/);
});
