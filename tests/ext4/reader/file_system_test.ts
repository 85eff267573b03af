import assert from "node:assert/strict";
import { superblockChecksum } from "../../../ext4/checksums.ts";
import { INCOMPAT } from "../../../ext4/features.ts";
import { bytesSource } from "../../../ext4/reader/bytes/block_source.ts";
import { type FileSystem, openFileSystem } from "../../../ext4/reader/file_system.ts";
import { PathError } from "../../../ext4/reader/path_error.ts";
import { SUPERBLOCK, SUPERBLOCK_OFFSET_BYTES } from "../../../ext4/structs/superblock.ts";
import { countingSource } from "../../support/counting_source.ts";
import { imageBytes, planOf } from "../../support/images/write_image.ts";
import { buildTree, file, folder, symlink } from "../../support/trees/tree_builder.ts";
import { variedTree } from "../../support/trees/varied_tree.ts";

const built = buildTree(variedTree(100_000));
const image = imageBytes(built, planOf(built, { blockSizeBytes: 1024 }));
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Every test runs over a source that answers at once, and over one that answers later. */
function testBoth(name: string, run: (files: FileSystem) => Promise<void>): void {
  Deno.test(`${name}, from memory`, async () =>
    await run(await openFileSystem(bytesSource(image))));
  Deno.test(`${name}, over a source that answers later`, async () => {
    await run(await openFileSystem(countingSource(bytesSource(image)), { cacheBytes: 1 << 20 }));
  });
}

async function contents(files: FileSystem, path: string, options = {}): Promise<Uint8Array> {
  const pieces = await Array.fromAsync(files.readFile(path, options));
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

testBoth("the metadata of a file is read", async (files) => {
  const stat = await files.stat("/tiny");
  assert.deepEqual({ ...stat, inode: 0, allocatedBytes: 0, flags: 0, contentsAt: 0 }, {
    inode: 0,
    kind: "file",
    mode: 0o104711,
    uid: 70_000,
    gid: 80_000,
    sizeBytes: 5,
    allocatedBytes: 0,
    countLinks: 1,
    flags: 0,
    contentsAt: 0,
    hasXattrs: false,
    mtime: { seconds: 5_000_000_000, nanoseconds: 7 },
    atime: { seconds: 5_000_000_000, nanoseconds: 7 },
    ctime: { seconds: 5_000_000_000, nanoseconds: 7 },
    crtime: { seconds: 5_000_000_000, nanoseconds: 7 },
  });
  assert.deepEqual((await files.stat("disk")).device, { major: 259, minor: 70_000 });
  assert.equal((await files.stat("hard")).inode, (await files.stat("few/hard")).inode);
});

testBoth("contents in one piece are read without opening the file", async (files) => {
  const { inode, contentsAt, sizeBytes } = await files.stat("/tiny");
  const into = new Uint8Array(sizeBytes);
  await files.readContiguous({ inode, contentsAt: contentsAt! }, into);
  assert.deepEqual(into, await contents(files, "/tiny"));
  assert.deepEqual(into, image.subarray(contentsAt, contentsAt! + sizeBytes));
});

testBoth("contents are not said to be in one piece where they are not", async (files) => {
  const pieces = new Map<string, boolean>();
  for await (const { pathText, stat } of files.walk()) {
    if (stat.kind !== "file") assert.equal(stat.contentsAt, undefined, pathText);
    else {
      const file = await files.openFile(stat.inode);
      const [first, second] = await Array.fromAsync(file.dataRanges());
      const isWhole = second === undefined && first?.startBytes === 0 &&
        first.endBytes === stat.sizeBytes;
      if (!isWhole) assert.equal(stat.contentsAt, undefined, pathText);
      pieces.set(pathText, stat.contentsAt !== undefined);
    }
  }
  assert.deepEqual(new Set(pieces.values()), new Set([true, false]));
});

testBoth("contents are not read from where no file can have any", async (files) => {
  const { inode } = await files.stat("/tiny");
  await assert.rejects(
    async () => await files.readContiguous({ inode, contentsAt: 0 }, new Uint8Array(5)),
    { name: "CorruptImageError", code: "block-range" },
  );
});

testBoth("the names of a folder are listed", async (files) => {
  const names = (await Array.fromAsync(files.list("few"))).map(({ nameText }) => nameText);
  assert.deepEqual(names.sort(), ["empty", "hard", "naïve"]);
  const many = await Array.fromAsync(files.list("many"));
  assert.equal(many.length, 400);
});

testBoth("every name of an indexed folder is found by look-up, and no other", async (files) => {
  for (let i = 0; i < 400; i++) {
    assert.equal(text(await contents(files, `many/a-rather-long-name-${i}`)), `${i}`);
  }
  await assert.rejects(files.stat("many/a-rather-long-name-400"), { code: "no-such-path" });
});

testBoth("ranges of a file are read", async (files) => {
  assert.equal(text(await contents(files, "tiny")), "hello");
  assert.equal(text(await contents(files, "tiny", { startBytes: 1, endBytes: 3 })), "el");
  assert.equal(text(await contents(files, "tiny", { startBytes: 4, endBytes: 99 })), "o");
  assert.equal(text(await contents(files, "tiny", { startBytes: 5 })), "");
  const whole = await contents(files, "scattered");
  assert.equal(whole.length, 40 * 16384);
  const piecewise = await contents(files, "scattered", { pieceBytes: 1000 });
  assert.deepEqual(piecewise, whole);
  const opened = await files.openFile("scattered");
  const into = new Uint8Array(5000);
  assert.equal(await opened.read(3 * 16384 - 100, into), 5000);
  assert.deepEqual(into, whole.subarray(3 * 16384 - 100, 3 * 16384 + 4900));
});

testBoth("holes are distinguished from data", async (files) => {
  const ranges = await Array.fromAsync(files.dataRanges("scattered"));
  assert.deepEqual(
    ranges,
    Array.from({ length: 40 }, (_, i) => ({ startBytes: i * 16384, endBytes: i * 16384 + 4096 })),
  );
  assert.deepEqual(await Array.fromAsync(files.dataRanges("empty")), []);
});

testBoth("symbolic links are read, and followed where asked for", async (files) => {
  assert.equal(text(await files.readLink("fast")), "tiny");
  assert.equal(text(await files.readLink("slow")), "t".repeat(300));
  assert.equal((await files.stat("fast")).kind, "symlink");
  assert.equal((await files.stat("fast", { followSymlinks: true })).sizeBytes, 5);
});

testBoth("extended attributes are read, wherever they lie", async (files) => {
  const names = async (path: string) =>
    (await files.xattrs(path)).map(({ name, value }) => `${text(name)} ${value.length}`);
  assert.deepEqual(await names("small-xattr"), ["user.a 1"]);
  assert.deepEqual((await names("shared-2")).sort(), ["user.block 400", "user.second 3"]);
  assert.deepEqual(await names("large-xattr"), ["user.large 9000"]);
  const [acl] = await files.xattrs("acl");
  assert.equal(text(acl!.name), "system.posix_acl_access");
  assert.equal(acl!.value.length, 4 + 5 * 8, "as system calls encode it");
  assert.equal(acl!.value[0], 2);
});

testBoth("a walk meets everything once, in two orders", async (files) => {
  const walked = (await Array.fromAsync(files.walk())).map(({ pathText }) => pathText);
  assert.equal(new Set(walked).size, walked.length);
  assert.equal(walked.length, built.tree.countEntries + 1, "and lost+found");
  const byFolder = await Array.fromAsync(files.walkFolders());
  const paths = byFolder.map(({ path }) => text(path));
  assert.deepEqual(paths, ["", "few", "few/empty", "lost+found", "many"]);
  const names = Array.from(byFolder[0]!.entries, ({ nameText }) => nameText);
  assert.deepEqual(names, names.toSorted());
});

testBoth("paths that lead nowhere say why", async (files) => {
  const codes: readonly (readonly [Promise<unknown>, string])[] = [
    [files.stat("nothing/here"), "no-such-path"],
    [files.stat("tiny/here"), "not-a-folder"],
    [files.stat("fast/here"), "not-a-folder"],
    [files.stat("a\0b"), "bad-path"],
    [files.readLink("tiny"), "not-a-symlink"],
    [files.openFile("few"), "not-a-file"],
    [Array.fromAsync(files.list("tiny")), "not-a-folder"],
  ];
  for (const [promise, code] of codes) {
    await assert.rejects(promise, (error) => error instanceof PathError && error.code === code);
  }
});

Deno.test("symbolic links are followed through folders, and not for ever", async () => {
  const tree = buildTree(folder({
    a: folder({ b: folder({ target: file("found") }), up: symlink("../a/b") }),
    absolute: symlink("/a/up"),
    loop: symlink("loop2"),
    loop2: symlink("/loop"),
  }));
  const files = await openFileSystem(bytesSource(imageBytes(tree, planOf(tree))));
  const follow = { followSymlinks: true };
  assert.equal(text(await contents(files, "absolute/target", follow)), "found");
  assert.equal(text(await contents(files, "../a/./b/../up//target", follow)), "found");
  await assert.rejects(files.stat("loop", follow), { code: "too-many-symlinks" });
});

Deno.test("an image says of itself what it is", async () => {
  const { info } = await openFileSystem(bytesSource(image));
  assert.equal(info.format, "ext4");
  assert.equal(info.label, "icecore");
  assert.equal(info.uuid, "a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf");
  assert.ok(info.features.includes("read-only"));
  assert.equal(info.journal, "none");
  assert.equal(info.countBlocks * info.blockSizeBytes, image.length);
});

Deno.test("without the feature filetype, the byte behind a name's length means nothing", async () => {
  const copy = image.slice();
  const superblock = copy.subarray(SUPERBLOCK_OFFSET_BYTES, SUPERBLOCK_OFFSET_BYTES + 1024);
  const { s_feature_incompat } = SUPERBLOCK.decode(superblock);
  const incompat = s_feature_incompat & ~INCOMPAT.filetype;
  SUPERBLOCK.encodeInto(superblock, 0, { s_feature_incompat: incompat });
  SUPERBLOCK.encodeInto(superblock, 0, { s_checksum: superblockChecksum(superblock) });
  const files = await openFileSystem(bytesSource(copy));
  assert.equal((await Array.fromAsync(files.list("/many"))).length, 400);
  assert.equal((await files.stat("/few/hard")).kind, "file");
});
