import assert from "node:assert/strict";
import { bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { FileData } from "../../../ext4/reader/contents/file_data.ts";
import { indexHash, loadIndexRoot } from "../../../ext4/reader/directory/htree.ts";
import { openFileSystem } from "../../../ext4/reader/file_system.ts";
import { openVolume } from "../../../ext4/reader/open/open_volume.ts";
import { settle } from "../../../ext4/reader/reading.ts";
import { imageBytes, planOf } from "../../support/images/write_image.ts";
import { namesAroundCollision } from "../../support/trees/colliding_names.ts";
import { buildTree, file, folder } from "../../support/trees/tree_builder.ts";

const COUNT_BEFORE = 80;

Deno.test("of two names with one hash, each is found, also where they lie in two leaves", async () => {
  const names = namesAroundCollision(COUNT_BEFORE, 100);
  let countContinued = 0;
  // Leaving names away in front moves the two across the end of a leaf.
  for (let left = 0; left < COUNT_BEFORE; left++) {
    const some = names.slice(left);
    const built = buildTree(
      folder({ many: folder(some.map((name) => [name, file(name)] as const)) }),
    );
    const image = imageBytes(built, planOf(built, { blockSizeBytes: 1024 }));
    const files = await openFileSystem(bytesSource(image));
    const found = new Set<number>();
    for (const name of some) {
      const stat = await files.stat(`many/${name}`);
      assert.equal(stat.sizeBytes, name.length);
      found.add(stat.inode);
    }
    assert.equal(found.size, some.length);
    if (await hasContinuedHash(image)) countContinued++;
  }
  assert.ok(countContinued > 0, "some index says that a hash goes on in the next leaf");
});

async function hasContinuedHash(image: Uint8Array): Promise<boolean> {
  const { volume } = await settle(openVolume(bytesSource(image), {}));
  const { inode } = await (await openFileSystem(bytesSource(image))).stat("many");
  const many = await settle(volume.inodes.load(inode));
  const data = await settle(FileData.open(volume, many));
  const root = await settle(loadIndexRoot(volume, many, data));
  assert.ok(root !== undefined);
  return Array.from({ length: root.count }, (_, i) => indexHash(root, i)).some((hash) => hash & 1);
}
