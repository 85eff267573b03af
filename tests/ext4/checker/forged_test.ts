import assert from "node:assert/strict";
import { checkImage } from "../../../ext4/checker/check_image.ts";
import type { CheckOptions } from "../../../ext4/checker/check_state.ts";
import { superblockChecksum } from "../../../ext4/checksums.ts";
import type { InodeNumber } from "../../../ext4/numbers.ts";
import { bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../../../ext4/reader/file_system.ts";
import { EXTENT, EXTENT_HEADER } from "../../../ext4/structs/extent.ts";
import { INODE, INODE_FLAGS } from "../../../ext4/structs/inode.ts";
import { SUPERBLOCK, SUPERBLOCK_OFFSET_BYTES } from "../../../ext4/structs/superblock.ts";
import { Forgery } from "../../support/images/forge.ts";
import { imageBytes, planOf } from "../../support/images/write_image.ts";
import { buildTree, file, folder, symlink } from "../../support/trees/tree_builder.ts";

const shared = { xattrs: { "user.block": "b".repeat(400) } };
const built = buildTree(folder({
  one: file("contents of one"),
  two: file("contents of two"),
  long: file("l".repeat(5000)),
  outer: folder({ inner: folder({ leaf: file("x") }), other: folder() }),
  link: symlink("s".repeat(100)),
  noted: file("1", shared),
  again: file("2", shared),
}));
const original = imageBytes(built, planOf(built, { blockSizeBytes: 1024 }));
const sound = await openFileSystem(bytesSource(original));
const number = async (path: string): Promise<InodeNumber> => (await sound.stat(path)).inode;
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const AT = INODE.offsets;

/** Forges an image whose checksums all fit; among the findings must be these. */
async function assertFound(
  codes: readonly string[],
  change: (forgery: Forgery) => Promise<void>,
  options: CheckOptions = {},
): Promise<void> {
  const forgery = new Forgery(original.slice());
  await change(forgery);
  const report = await checkImage(bytesSource(forgery.image), options);
  const found = new Set(report.findings.map(({ code }) => code));
  for (const code of codes) assert.ok(found.has(code), `${code} is among ${[...found].join(" ")}`);
  for (const { structure, message } of report.findings) {
    assert.ok(structure.length > 0 && message.includes(structure));
  }
}

Deno.test("a wrong count of links is found, of a file and of a folder", async () => {
  const [one, outer] = [await number("one"), await number("outer")];
  const forgery = new Forgery(original.slice());
  const setLinks = (inode: InodeNumber, count: number) =>
    forgery.inode(inode, (bytes) => view(bytes).setUint16(AT.i_links_count, count, true));
  setLinks(one, 2);
  setLinks(outer, 3);
  const { findings } = await checkImage(bytesSource(forgery.image));
  const wrong = findings.filter(({ code }) => code === "link-count");
  assert.deepEqual(new Set(wrong.map(({ inode }) => inode)), new Set([one, outer]));
});

for (const field of ["s_clusters_per_group", "s_journal_inum"] as const) {
  Deno.test(`an ${field} that contradicts the features is found`, () =>
    assertFound(["superblock-field"], ({ image }) => {
      const superblock = image.subarray(SUPERBLOCK_OFFSET_BYTES);
      SUPERBLOCK.encodeInto(superblock, 0, { [field]: 8 });
      SUPERBLOCK.encodeInto(superblock, 0, { s_checksum: superblockChecksum(superblock) });
      return Promise.resolve();
    }, { exact: false }));
}

Deno.test("a block with two owners is found, and one with none", () =>
  assertFound(["block-twice", "bitmap"], async (forgery) => {
    const start = AT.i_block + 12 + EXTENT.offsets.ee_start_lo;
    const block = view(forgery.load(await number("two")).bytes).getUint32(start, true);
    forgery.inode(await number("one"), (bytes) => view(bytes).setUint32(start, block, true));
  }));

Deno.test("a block that a file has twice, one behind the other, is found", () =>
  assertFound(["block-twice"], async (forgery) => {
    const header = AT.i_block + EXTENT_HEADER.offsets.eh_entries;
    forgery.inode(await number("one"), (bytes) => {
      const first = bytes.slice(AT.i_block + 12, AT.i_block + 24);
      bytes.set(first, AT.i_block + 24);
      view(bytes).setUint32(AT.i_block + 24, 1, true);
      view(bytes).setUint16(header, 2, true);
    });
  }));

Deno.test("a name of the value of an attribute is found", () =>
  assertFound(["directory-entry"], async (forgery) => {
    forgery.inode(await number("one"), (bytes) => {
      const flags = view(bytes).getUint32(AT.i_flags, true);
      view(bytes).setUint32(AT.i_flags, flags | INODE_FLAGS.ea_inode, true);
    });
  }));

Deno.test("a wrong i_blocks is found", () =>
  assertFound(["inode-blocks"], async (forgery) => {
    forgery.inode(await number("one"), (bytes) => view(bytes).setUint32(AT.i_blocks_lo, 6, true));
  }));

for (const field of ["i_dtime", "i_obso_faddr"] as const) {
  Deno.test(`an ${field} of a file in use is found`, () =>
    assertFound(["inode-field"], async (forgery) => {
      forgery.inode(await number("one"), (bytes) => view(bytes).setUint32(AT[field], 1, true));
    }));
}

Deno.test("a flag without its feature is found", () =>
  assertFound(["inode-flag"], async (forgery) => {
    forgery.inode(await number("outer"), (bytes) => {
      const flags = view(bytes).getUint32(AT.i_flags, true);
      view(bytes).setUint32(AT.i_flags, flags | INODE_FLAGS.inline_data, true);
    });
  }));

Deno.test("more blocks than i_size needs are found", () =>
  assertFound(["inode-size"], async (forgery) => {
    forgery.inode(await number("one"), (bytes) => view(bytes).setUint32(AT.i_size_lo, 0, true));
  }));

Deno.test("an image that others wrote may have blocks reserved behind i_size, and none written", () =>
  assertFound(["inode-size"], async (forgery) => {
    forgery.inode(await number("long"), (bytes) => view(bytes).setUint32(AT.i_size_lo, 1, true));
  }, { exact: false }));

Deno.test("two entries with one name are found", () =>
  assertFound(["name-twice"], async (forgery) => {
    forgery.entry(await number("outer"), "other", (entry) => {
      entry.set(new TextEncoder().encode("inner"), 8);
    });
  }));

Deno.test("a folder that no folder names is found", () =>
  assertFound(["folder-names", "folder-unreachable"], async (forgery) => {
    forgery.entry(await number("outer"), "inner", (entry) => view(entry).setUint32(0, 0, true));
  }));

Deno.test("folders in a circle, apart from the root, are found", () =>
  assertFound(["folder-unreachable", "directory-parent"], async (forgery) => {
    const inner = await number("outer/inner");
    const outer = await number("outer");
    forgery.entry(2 as InodeNumber, "outer", (entry) => {
      view(entry).setUint32(0, 11, true);
      entry[7] = 2;
    });
    forgery.entry(inner, "leaf", (entry) => {
      view(entry).setUint32(0, outer, true);
      entry[7] = 2;
    });
  }));

Deno.test("`..` that names another folder is found", () =>
  assertFound(["directory-parent"], async (forgery) => {
    forgery.entry(await number("outer/inner"), "..", (entry) => view(entry).setUint32(0, 2, true));
  }));

Deno.test("an entry that gives another type is found", () =>
  assertFound(["directory-entry"], async (forgery) => {
    forgery.entry(await number("outer/inner"), "leaf", (entry) => entry[7] = 7);
  }));

Deno.test("an entry that names an inode not in use is found", () =>
  assertFound(["inode-unused"], async (forgery) => {
    forgery.entry(
      await number("outer/inner"),
      "leaf",
      (entry) => view(entry).setUint32(0, 9, true),
    );
  }));

Deno.test("fewer users of a shared attribute block than it claims are found", () =>
  assertFound(["xattr-refcount", "inode-blocks"], async (forgery) => {
    forgery.inode(
      await number("again"),
      (bytes) => view(bytes).setUint32(AT.i_file_acl_lo, 0, true),
    );
  }));

Deno.test("findings past the most that are kept are counted", async () => {
  const broken = original.slice();
  const table = new Forgery(original.slice()).inodeTable * 1024;
  for (let inode = 12; inode < 18; inode++) broken[table + 256 * (inode - 1) + 8]! ^= 1;
  const all = await checkImage(bytesSource(broken));
  const few = await checkImage(bytesSource(broken), { maxFindings: 2 });
  assert.ok(all.countFindings > 2);
  assert.equal(few.findings.length, 2);
  assert.equal(few.countFindings, all.countFindings);
});

Deno.test("a check pauses where it is asked to", async () => {
  let countPauses = 0;
  const pause = () => {
    countPauses++;
    return Promise.resolve();
  };
  assert.ok((await checkImage(bytesSource(original), { pause })).isSound);
  assert.ok(countPauses > 0);
});
