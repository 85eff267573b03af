import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CorruptImageError } from "../../ext4/image_errors.ts";
import type { InodeNumber } from "../../ext4/numbers.ts";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { INODE } from "../../ext4/structs/inode.ts";
import { exportImage } from "../../image/export_tar.ts";
import { extractImage } from "../../image/extract.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { openImage } from "../../image/open_image.ts";
import { Forgery } from "../support/images/forge.ts";
import { regionsOf } from "../support/images/image_regions.ts";
import { imageBytes, planOf, temporaryFolder } from "../support/images/write_image.ts";
import { buildTree, file, folder, symlink } from "../support/trees/tree_builder.ts";

const INODE_BYTES = 256;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const built = buildTree(folder({
  few: folder({ one: file("1"), two: file("2"), three: file("3") }),
  long: folder({ link: symlink("x".repeat(100)), plain: file("plain") }),
  marked: file("marked", { xattrs: { "user.note": new Uint8Array(1500).fill(7) } }),
  scattered: file({ sizeBytes: 200_000 }),
}));
const sound = imageBytes(built, planOf(built));

/** Where the inodes of the sound image lie. */
async function placesOf(): Promise<Map<string, { inode: InodeNumber; inodeAt: number }>> {
  await using image = await openImage(bytesSource(sound));
  const { inodeTable } = new Forgery(sound.slice());
  const places = new Map<string, { inode: InodeNumber; inodeAt: number }>();
  for await (const { pathText, inode } of image.walk()) {
    places.set(pathText, {
      inode,
      inodeAt: inodeTable * image.info.blockSizeBytes + (inode - 1) * INODE_BYTES,
    });
  }
  return places;
}

const places = await placesOf();

/** Breaks the inodes of some paths. */
const inodes = (...paths: string[]) => (image: Uint8Array) => {
  for (const path of paths) image[places.get(path)!.inodeAt + 4]! ^= 0xff;
};

/** Runs with an image that was broken; returns what was left out. */
async function withBroken(
  breakIt: (image: Uint8Array) => void,
  run: (image: ImageReader) => Promise<void>,
): Promise<string[]> {
  const bytes = sound.slice();
  breakIt(bytes);
  const leftOut: string[] = [];
  const onBroken = ({ code }: CorruptImageError, path: Uint8Array | undefined) => {
    const shown = path === undefined ? "the image" : path.length === 0 ? "/" : text(path);
    leftOut.push(`${shown}: ${code}`);
  };
  await using image = await openImage(bytesSource(bytes), { onBroken });
  await run(image);
  return leftOut.sort();
}

async function extracted(
  breakIt: (image: Uint8Array) => void,
  look: (target: string) => void,
): Promise<string[]> {
  const place = temporaryFolder();
  try {
    return await withBroken(breakIt, async (image) => {
      const target = join(place, "target");
      await extractImage(image, { target });
      look(target);
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

Deno.test("a walk leaves out a file that is broken, and reports it", async () => {
  const found: string[] = [];
  const leftOut = await withBroken(inodes("few/two"), async (image) => {
    for await (const { pathText } of image.walk()) found.push(pathText);
  });
  assert.deepEqual(leftOut, ["few/two: inode-checksum"]);
  assert.equal(found.includes("few/two"), false);
  assert.equal(found.length, places.size - 1);
});

Deno.test("a folder that is listed leaves out a file that is broken", async () => {
  const names: string[] = [];
  const leftOut = await withBroken(inodes("few/two"), async (image) => {
    for await (const { nameText } of image.list("few")) names.push(nameText);
  });
  assert.deepEqual(leftOut, ["two: inode-checksum"]);
  assert.deepEqual(names.sort(), ["one", "three"]);
});

Deno.test("extract leaves out what is broken and writes the rest", async () => {
  const leftOut = await extracted(inodes("few/two", "long"), (target) => {
    assert.equal(readFileSync(join(target, "few/one"), "utf8"), "1");
    assert.equal(readFileSync(join(target, "marked"), "utf8"), "marked");
    assert.equal(existsSync(join(target, "few/two")), false);
    assert.equal(existsSync(join(target, "long")), false, "what was in it is in lost+found");
  });
  assert.deepEqual(leftOut, ["few/two: inode-checksum", "long: inode-checksum"]);
});

/** The block of the folder that holds a name. */
function folderWith(image: Uint8Array, name: string): Uint8Array {
  const blocks = regionsOf(sound).filter(({ kind }) => kind === "folder").map(
    ({ offsetBytes, sizeBytes }) => image.subarray(offsetBytes, offsetBytes + sizeBytes),
  );
  return blocks.find((block) => text(block).includes(name))!;
}

Deno.test("of a block of a folder whose checksum is wrong the names are used, and it is named", async () => {
  const leftOut = await extracted((image) => folderWith(image, "three")[20]! ^= 0xff, (target) => {
    assert.deepEqual(readdirSync(join(target, "few")).sort(), ["one", "three", "two"]);
    assert.equal(readFileSync(join(target, "long/plain"), "utf8"), "plain");
  });
  assert.deepEqual(leftOut, ["few: directory-checksum"]);
});

Deno.test("a bit of the root's padding costs nothing", async () => {
  const breakIt = (image: Uint8Array) => {
    const block = folderWith(image, "scattered");
    block[block.length - 20]! ^= 1;
  };
  const named = await extracted(breakIt, (target) => {
    assert.deepEqual(readdirSync(target).sort(), ["few", "long", "marked", "scattered"]);
    assert.equal(readFileSync(join(target, "few/one"), "utf8"), "1");
  });
  assert.deepEqual(named, ["/: directory-checksum"]);
});

Deno.test("entries that cannot be are passed over, and what they named is found by its inode", async () => {
  const breakIt = (image: Uint8Array) => {
    const block = folderWith(image, "three");
    const at = text(block).indexOf("three") - 8;
    // No inode has this number: the name is lost, and those behind it are not.
    block.fill(0xff, at, at + 4);
  };
  const { inode } = places.get("few/three")!;
  const leftOut = await extracted(breakIt, (target) => {
    assert.deepEqual(readdirSync(join(target, "few")).sort(), ["one", "two"]);
    assert.equal(readFileSync(join(target, `lost+found/#${inode}`), "utf8"), "3");
  });
  assert.deepEqual(leftOut, ["few: directory-checksum"]);
});

Deno.test("without the block of the root, everything is in lost+found, folders with their names", async () => {
  const number = (path: string) => `#${places.get(path)!.inode}`;
  const breakIt = (image: Uint8Array) => folderWith(image, "scattered").fill(0);
  const leftOut = await extracted(breakIt, (target) => {
    assert.deepEqual(readdirSync(target), ["lost+found"]);
    const lost = join(target, "lost+found");
    const names = ["few", "long", "marked", "scattered"].map(number);
    assert.deepEqual(readdirSync(lost).filter((name) => name !== "#11").sort(), names.sort());
    assert.equal(readFileSync(join(lost, number("few"), "two"), "utf8"), "2");
    assert.equal(readFileSync(join(lost, number("marked")), "utf8"), "marked");
  });
  assert.deepEqual(leftOut, ["/: directory-tail"]);
});

Deno.test("without the inode of the root, or of a folder, its files are found", async () => {
  const rootInode = (image: Uint8Array) => {
    const { inodeTable } = new Forgery(sound.slice());
    const blockSizeBytes = 1024 << new DataView(sound.buffer).getUint32(1024 + 0x18, true);
    image[inodeTable * blockSizeBytes + INODE_BYTES + 4]! ^= 0xff;
  };
  const two = places.get("few/two")!.inode;
  const few = places.get("few")!.inode;
  const leftOut = await extracted(rootInode, (target) => {
    assert.equal(readFileSync(join(target, `lost+found/#${few}/two`), "utf8"), "2");
  });
  assert.deepEqual(leftOut, ["/: inode-checksum"]);
  const named = await extracted(inodes("few"), (target) => {
    assert.equal(readFileSync(join(target, `lost+found/#${two}`), "utf8"), "2");
  });
  assert.deepEqual(named, ["few: inode-checksum"]);
});

Deno.test("what is lost is listed, read and exported as what is not", async () => {
  const breakIt = (image: Uint8Array) => folderWith(image, "scattered").fill(0);
  const { inode } = places.get("marked")!;
  await withBroken(breakIt, async (image) => {
    const paths: string[] = [];
    for await (const { pathText } of image.walk()) paths.push(pathText);
    assert.ok(paths.includes(`lost+found/#${inode}`), paths.join());
    const names: string[] = [];
    for await (const { nameText } of image.list("lost+found")) names.push(nameText);
    assert.ok(names.includes(`#${inode}`));
    const contents = await image.readFile(`lost+found/#${inode}`);
    assert.equal(await new Response(contents).text(), "marked");
    let size = 0;
    for await (const piece of exportImage(image)) size += piece.length;
    assert.ok(size > 200_000);
  });
});

Deno.test("nothing is found in lost+found of an image that is sound", async () => {
  const found: string[] = [];
  const leftOut = await withBroken(() => {}, async (image) => {
    for await (const { pathText } of image.walk()) found.push(pathText);
  });
  assert.deepEqual([leftOut, found.length], [[], places.size]);
});

Deno.test("a file whose attributes are broken is extracted without them", async () => {
  const breakIt = (image: Uint8Array) => {
    const block = regionsOf(image).find(({ kind }) => kind === "attribute block")!;
    image[block.offsetBytes + 40]! ^= 0xff;
  };
  const leftOut = await extracted(breakIt, (target) => {
    assert.equal(readFileSync(join(target, "marked"), "utf8"), "marked");
  });
  assert.deepEqual(leftOut, ["marked: xattr-checksum"]);
});

Deno.test("a file whose contents cannot be found is left out", async () => {
  const breakIt = (image: Uint8Array) => {
    const forgery = new Forgery(image);
    forgery.inode(places.get("scattered")!.inode, (bytes) => bytes[INODE.offsets.i_block]! ^= 1);
  };
  const leftOut = await extracted(breakIt, (target) => {
    assert.deepEqual(readdirSync(target).sort(), ["few", "long", "marked"]);
  });
  assert.deepEqual(leftOut, ["scattered: extent-header"]);
});

Deno.test("without a listener, the first thing that is broken ends an extract", async () => {
  const bytes = sound.slice();
  bytes[places.get("few/two")!.inodeAt + 4]! ^= 0xff;
  const place = temporaryFolder();
  try {
    await using image = await openImage(bytesSource(bytes));
    const target = join(place, "target");
    await assert.rejects(extractImage(image, { target }), { code: "inode-checksum" });
    assert.equal(existsSync(target), false);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

Deno.test("a tar archive leaves out a file that is broken", async () => {
  let size = 0;
  const leftOut = await withBroken(inodes("few/three"), async (image) => {
    for await (const piece of exportImage(image)) size += piece.length;
  });
  assert.deepEqual(leftOut, ["few/three: inode-checksum"]);
  assert.ok(size > 200_000);
});

Deno.test("a time that cannot be costs nothing but its nanoseconds", async () => {
  const breakIt = (image: Uint8Array) => {
    new Forgery(image).inode(places.get("few/two")!.inode, (bytes) => {
      bytes.fill(0xff, INODE.offsets.i_mtime_extra, INODE.offsets.i_mtime_extra + 4);
    });
  };
  const leftOut = await withBroken(breakIt, async (image) => {
    for await (const { nameText, stat } of image.list("few")) {
      if (nameText === "two") assert.equal(stat.mtime.nanoseconds, 0);
    }
  });
  assert.deepEqual(leftOut, ["two: inode-time"]);
  const written = await extracted(breakIt, (target) => {
    assert.equal(readFileSync(join(target, "few/two"), "utf8"), "2");
  });
  assert.deepEqual(written, ["few/two: inode-time"]);
});
