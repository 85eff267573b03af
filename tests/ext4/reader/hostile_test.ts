import assert from "node:assert/strict";
import { checkImage } from "../../../ext4/checker/check_image.ts";
import { CorruptImageError } from "../../../ext4/image_errors.ts";
import type { InodeNumber } from "../../../ext4/numbers.ts";
import { bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { openFileSystem } from "../../../ext4/reader/file_system.ts";
import { EXTENT, EXTENT_HEADER } from "../../../ext4/structs/extent.ts";
import { INODE, INODE_FLAGS } from "../../../ext4/structs/inode.ts";
import { exercise } from "../../support/images/exercise_image.ts";
import { Forgery } from "../../support/images/forge.ts";
import { imageBytes, planOf } from "../../support/images/write_image.ts";
import { buildTree, file, folder, symlink } from "../../support/trees/tree_builder.ts";

const ranges = Array.from({ length: 40 }, (_, i) => [i * 16384, i * 16384 + 4096]).flat();
const built = buildTree(folder({
  file: file("contents of the file"),
  scattered: file({ sizeBytes: 40 * 16384, ranges }),
  outer: folder({ inner: folder({ leaf: file("x") }), other: folder() }),
  link: symlink("s".repeat(100)),
  noted: file("", { xattrs: { "user.one": "11111111", "user.two": "22222222" } }),
}));
const original = imageBytes(built, planOf(built, { blockSizeBytes: 1024 }));
const sound = await openFileSystem(bytesSource(original));
const number = async (path: string): Promise<InodeNumber> => (await sound.stat(path)).inode;
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Forges an image; reading it all must end in this error, and the checker must find it as well. */
async function assertRefused(
  code: string,
  change: (forgery: Forgery) => void | Promise<void>,
): Promise<void> {
  const forgery = new Forgery(original.slice());
  await change(forgery);
  await assert.rejects(exercise(bytesSource(forgery.image)), (error) => {
    assert.ok(error instanceof CorruptImageError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, /^cannot read .*: .* The image is damaged/);
    return true;
  });
  const { isSound } = await checkImage(bytesSource(forgery.image));
  assert.ok(!isSound, "the checker finds it too");
}

for (const [what, text] of [["a slash", "in/er"], ["a NUL", "in\0er"]] as const) {
  Deno.test(`a name with ${what} is refused`, () =>
    assertRefused("directory-entry", async (forgery) => {
      forgery.entry(await number("outer"), "inner", (entry) => {
        entry.set(new TextEncoder().encode(text), 8);
      });
    }));
}

Deno.test("a name that is two dots is refused", () =>
  assertRefused("directory-entry", async (forgery) => {
    forgery.entry(await number("outer"), "inner", (entry) => {
      entry.set([2, 2], 6);
      entry.set(new TextEncoder().encode(".."), 8);
    });
  }));

Deno.test("a folder within itself is refused", () =>
  assertRefused("folder-twice", async (forgery) => {
    const outer = await number("outer");
    forgery.entry(await number("outer/inner"), "leaf", (entry) => {
      view(entry).setUint32(0, outer, true);
      entry[7] = 2;
    });
  }));

Deno.test("a folder with two names is refused", () =>
  assertRefused("folder-twice", async (forgery) => {
    const inner = await number("outer/inner");
    forgery.entry(await number("outer"), "other", (entry) => view(entry).setUint32(0, inner, true));
  }));

Deno.test("the root by another name is refused", () =>
  assertRefused("directory-entry", async (forgery) => {
    forgery.entry(await number("outer"), "other", (entry) => view(entry).setUint32(0, 2, true));
  }));

Deno.test("an inode past the last is refused", () =>
  assertRefused("directory-entry", async (forgery) => {
    forgery.entry(await number("outer"), "other", (entry) => view(entry).setUint32(0, 9999, true));
  }));

Deno.test("an inode that is not in use is refused", () =>
  assertRefused("inode-unused", async (forgery) => {
    const leaf = await number("outer/inner/leaf");
    forgery.inode(leaf, (bytes) => view(bytes).setUint16(INODE.offsets.i_links_count, 0, true));
  }));

Deno.test("a file that lies in the inode table is refused", () =>
  assertRefused("block-metadata", async (forgery) => {
    forgery.inode(await number("file"), (bytes) => {
      const at = INODE.offsets.i_block + 12 + EXTENT.offsets.ee_start_lo;
      view(bytes).setUint32(at, forgery.inodeTable, true);
    });
  }));

Deno.test("a file past the end of the image is refused", () =>
  assertRefused("block-range", async (forgery) => {
    forgery.inode(await number("file"), (bytes) => {
      const at = INODE.offsets.i_block + 12 + EXTENT.offsets.ee_start_hi;
      view(bytes).setUint16(at, 0xffff, true);
    });
  }));

Deno.test("an extent tree that leads to itself is refused", () =>
  assertRefused("extent-header", async (forgery) => {
    forgery.extentBlock(await number("scattered"), (bytes) => {
      view(bytes).setUint16(EXTENT_HEADER.offsets.eh_depth, 1, true);
    });
  }));

Deno.test("an extent tree of a depth that cannot be is refused", () =>
  assertRefused("extent-header", async (forgery) => {
    forgery.inode(await number("scattered"), (bytes) => {
      const at = INODE.offsets.i_block + EXTENT_HEADER.offsets.eh_depth;
      view(bytes).setUint16(at, 9, true);
    });
  }));

Deno.test("extents that overlap are refused", () =>
  assertRefused("extent-order", async (forgery) => {
    forgery.extentBlock(await number("scattered"), (bytes) => {
      view(bytes).setUint16(12 + EXTENT.offsets.ee_len, 20, true);
    });
  }));

Deno.test("more extents than fit are refused", () =>
  assertRefused("extent-header", async (forgery) => {
    forgery.extentBlock(await number("scattered"), (bytes) => {
      view(bytes).setUint16(EXTENT_HEADER.offsets.eh_entries, 85, true);
    });
  }));

Deno.test("attributes whose values overlap are refused", () =>
  assertRefused("xattr-entry", async (forgery) => {
    forgery.inode(await number("noted"), (bytes) => {
      const first = 160 + 4;
      const second = first + 16 + 4;
      view(bytes).setUint16(second + 2, view(bytes).getUint16(first + 2, true), true);
    });
  }));

Deno.test("a link with a target longer than any is refused", () =>
  assertRefused("symlink-size", async (forgery) => {
    forgery.inode(await number("link"), (bytes) => {
      view(bytes).setUint32(INODE.offsets.i_size_lo, 100_000, true);
    });
  }));

Deno.test("a folder that claims 4 GiB is refused", () =>
  assertRefused("directory-size", async (forgery) => {
    forgery.inode(await number("outer"), (bytes) => {
      view(bytes).setUint32(INODE.offsets.i_size_lo, 0xffff_fc00, true);
    });
  }));

Deno.test("a file that claims 4 TiB is a hole but for what it has, and costs nothing", async () => {
  const forgery = new Forgery(original.slice());
  forgery.inode(await number("file"), (bytes) => {
    view(bytes).setUint32(INODE.offsets.i_size_high, 1023, true);
  });
  const files = await openFileSystem(bytesSource(forgery.image));
  const opened = await files.openFile("file");
  assert.equal(opened.stat.sizeBytes, 1023 * 2 ** 32 + 20);
  assert.deepEqual(await Array.fromAsync(opened.dataRanges()), [{ startBytes: 0, endBytes: 1024 }]);
  const into = new Uint8Array(1000).fill(1);
  assert.equal(await opened.read(2 ** 41, into), 1000);
  assert.ok(into.every((byte) => byte === 0));
});

Deno.test("what is encrypted is refused, and what is not can still be read", async () => {
  const forgery = new Forgery(original.slice());
  for (const path of ["file", "outer", "link"]) {
    forgery.inode(await number(path), (bytes) => {
      const flags = view(bytes).getUint32(INODE.offsets.i_flags, true);
      view(bytes).setUint32(INODE.offsets.i_flags, flags | INODE_FLAGS.encrypt, true);
    });
  }
  const files = await openFileSystem(bytesSource(forgery.image));
  const refused = { code: "unsupported-feature", features: ["encrypt"] };
  await assert.rejects(Array.fromAsync(files.readFile("file")), refused);
  await assert.rejects(Array.fromAsync(files.list("outer")), refused);
  await assert.rejects(files.stat("outer/inner"), refused);
  await assert.rejects(files.readLink("link"), refused);
  assert.equal((await files.stat("file")).sizeBytes, 20);
  assert.equal((await Array.fromAsync(files.readFile("scattered")))[0]!.length, 40 * 16384);
});
