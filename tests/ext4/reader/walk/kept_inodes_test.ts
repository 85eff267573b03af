import assert from "node:assert/strict";
import type { InodeNumber } from "../../../../ext4/numbers.ts";
import { bytesSource } from "../../../../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../../../../ext4/reader/file_system.ts";
import { INODE, INODE_FLAGS } from "../../../../ext4/structs/inode.ts";
import { Forgery } from "../../../support/images/forge.ts";
import { imageBytes, planOf } from "../../../support/images/write_image.ts";
import { buildTree } from "../../../support/trees/tree_builder.ts";
import { variedTree } from "../../../support/trees/varied_tree.ts";

const built = buildTree(variedTree(20_000));
const original = imageBytes(built, planOf(built, { blockSizeBytes: 1024 }));
const sound = await openFileSystem(bytesSource(original));
const number = async (path: string): Promise<InodeNumber> => (await sound.stat(path)).inode;
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** All folders of an image as they are walked through, or the error that this ends in. */
async function walked(image: Uint8Array, keepsInodes: boolean): Promise<unknown[]> {
  const files = await openFileSystem(bytesSource(image));
  const { countInodes } = files.info;
  const checksum = await files.inodesChecksum(countInodes, keepsInodes);
  const found: unknown[] = [checksum];
  try {
    for await (const { path, stat, entries } of files.walkFolders()) {
      found.push([path, stat, Array.from(entries, (each) => [each.name, each.kind, each.stat])]);
    }
  } catch (error) {
    found.push(error);
  }
  return found;
}

for (const times of ["mtime", "all"] as const) {
  Deno.test(`a walk over kept inodes shows what one without them shows, with ${times}`, async () => {
    const image = imageBytes(built, planOf(built, { blockSizeBytes: 1024, times }));
    const kept = await walked(image, true);
    assert.ok(kept.length > 5 && kept[0] !== undefined);
    assert.ok(!(kept.at(-1) instanceof Error));
    assert.deepEqual(kept, await walked(image, false));
  });
}

type Forge = (forgery: Forgery) => void | Promise<void>;

const FORGED: readonly (readonly [what: string, forge: Forge])[] = [
  ["an entry of another type than its inode", (forgery) => {
    forgery.entry(2 as InodeNumber, "tiny", (entry) => entry[7] = 2);
  }],
  ["an entry that names an inode of the file system itself", (forgery) => {
    forgery.entry(2 as InodeNumber, "tiny", (entry) => view(entry).setUint32(0, 5, true));
  }],
  ["an entry that names an inode that is not in use", async (forgery) => {
    const bytes = (inode: Uint8Array) =>
      view(inode).setUint16(INODE.offsets.i_links_count, 0, true);
    forgery.inode(await number("tiny"), bytes);
  }],
  ["an entry that names the value of an attribute", async (forgery) => {
    forgery.inode(await number("tiny"), (inode) => {
      view(inode).setUint32(INODE.offsets.i_flags, INODE_FLAGS.ea_inode, true);
    });
  }],
  ["a time with a billion nanoseconds", async (forgery) => {
    forgery.inode(await number("tiny"), (inode) => {
      view(inode).setUint32(INODE.offsets.i_mtime_extra, 0xffff_fffc, true);
    });
  }],
  ["a folder with two names", async (forgery) => {
    const folder = await number("few");
    forgery.entry(2 as InodeNumber, "tiny", (entry) => {
      view(entry).setUint32(0, folder, true);
      entry[7] = 2;
    });
  }],
];

for (const [what, forge] of FORGED) {
  Deno.test(`${what} ends both walks in the same error`, async () => {
    const forgery = new Forgery(original.slice());
    await forge(forgery);
    const kept = await walked(forgery.image, true);
    assert.ok(kept.at(-1) instanceof Error, "it is found");
    assert.deepEqual(kept, await walked(forgery.image, false));
  });
}
