import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import type { CorruptImageError } from "../../ext4/image_errors.ts";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { exportImage } from "../../image/export_tar.ts";
import { extractImage } from "../../image/extract.ts";
import { openImage } from "../../image/open_image.ts";
import { imageBytes, planOf, temporaryFolder } from "../support/images/write_image.ts";
import { output } from "../support/programs/oracles.ts";
import { findProgram, testWith } from "../support/programs/requirements.ts";
import { buildTree, file, folder } from "../support/trees/tree_builder.ts";

/** An image of two groups, so that there are copies; the contents of `large` reach into the second. */
function soundImage(): Uint8Array {
  const size = 12 << 20;
  const built = buildTree(folder({
    first: file("first"),
    large: file({ sizeBytes: size, ranges: [0, size] }),
    last: file("last"),
  }));
  return imageBytes(built, planOf(built, { blockSizeBytes: 1024 }));
}

const sound = soundImage();
const SUPERBLOCK = 1024;
const DESCRIPTORS = 2048;
/** Where the second group begins, with 1 KiB blocks. */
const GROUP_1 = (1 + 8192) * 1024;

/** The files of an image whose contents can be read, and all that is said of it. */
async function salvaged(bytes: Uint8Array): Promise<{ readable: string[]; said: string[] }> {
  const said: string[] = [];
  const onBroken = ({ code, message }: CorruptImageError, path: Uint8Array | undefined) => {
    const copy = /Its copy in block \d+/.exec(message)?.[0] ?? "";
    said.push(`${path === undefined ? "image" : new TextDecoder().decode(path)}: ${code} ${copy}`);
  };
  await using image = await openImage(bytesSource(bytes), { onBroken });
  const readable: string[] = [];
  for await (const { nameText, stat } of image.list("/")) {
    if (stat.kind !== "file") continue;
    try {
      const contents = await new Response(await image.readFile(nameText)).arrayBuffer();
      assert.equal(contents.byteLength, stat.sizeBytes);
      readable.push(nameText);
    } catch (error) {
      if ((error as Error).name !== "CorruptImageError") throw error;
    }
  }
  return { readable: readable.sort(), said };
}

const broken = (...offsets: readonly number[]) => {
  const bytes = sound.slice();
  for (const offset of offsets) bytes[offset]! ^= 0xff;
  return bytes;
};
const ALL = ["first", "large", "last"];

const cases: readonly (readonly [what: string, Uint8Array, said: readonly string[]])[] = [
  ["an image that is sound", sound, []],
  [
    "a broken superblock",
    broken(SUPERBLOCK + 4),
    ["image: superblock-checksum Its copy in block 8193"],
  ],
  [
    "a superblock that is gone",
    sound.slice().fill(0, SUPERBLOCK, DESCRIPTORS),
    ["image: not-ext4 Its copy in block 8193"],
  ],
  [
    "a broken descriptor",
    broken(DESCRIPTORS + 8),
    ["image: group-checksum Its copy in block 8194"],
  ],
  [
    "a superblock and a descriptor that are broken",
    broken(SUPERBLOCK + 4, DESCRIPTORS + 64 + 8),
    [
      "image: superblock-checksum Its copy in block 8193",
      "image: group-checksum Its copy in block 8194",
    ],
  ],
];

for (const [what, bytes, said] of cases) {
  Deno.test(`with onBroken, all files of ${what} are read`, async () => {
    assert.deepEqual(await salvaged(bytes), { readable: ALL, said });
    if (said.length > 0) await assert.rejects(openImage(bytesSource(bytes)), CORRUPT);
  });
}

const CORRUPT = { name: "CorruptImageError" };

Deno.test("where no copy is sound, the first superblock is used if it leads to the root", async () => {
  const { readable, said } = await salvaged(broken(SUPERBLOCK + 0x78, GROUP_1 + 4));
  assert.deepEqual([readable, said], [ALL, ["image: superblock-checksum "]]);
});

Deno.test("where neither it nor a copy can be used, the error is that of the first", async () => {
  for (
    const [bytes, code] of [
      [broken(SUPERBLOCK + 0x18, GROUP_1 + 4), "superblock-checksum"],
      [new Uint8Array(5 << 20).fill(0x53), "not-ext4"],
      [new Uint8Array(1500), "truncated"],
    ] as const
  ) {
    const opening = openImage(bytesSource(bytes), { onBroken: () => {} });
    await assert.rejects(opening, { ...CORRUPT, code });
  }
});

Deno.test("where no copy of a descriptor is sound, the place of its inodes is used unchecked", async () => {
  const bytes = broken(DESCRIPTORS + 64 + 8, GROUP_1 + 1024 + 64 + 8);
  const { readable, said } = await salvaged(bytes);
  assert.equal(said[0], "image: group-checksum ");
  assert.deepEqual([readable, said.length], [ALL, 1], "the place of its inodes is used unchecked");
});

Deno.test("an image that is cut short is listed, and read as far as it goes", async () => {
  const { readable, said } = await salvaged(sound.slice(0, 10 << 20));
  assert.deepEqual(said, ["image: truncated "]);
  assert.deepEqual(readable, ["first"]);
});

Deno.test("extract and a tar archive have what is there of an image that is cut short", async () => {
  const bytes = sound.slice(0, 10 << 20);
  const place = temporaryFolder();
  try {
    await using image = await openImage(bytesSource(bytes), { onBroken: () => {} });
    const target = join(place, "target");
    const { countFiles } = await extractImage(image, { target });
    assert.equal(countFiles, 1);
    assert.equal(readFileSync(join(target, "first"), "utf8"), "first");
    const pieces: Uint8Array[] = [];
    for await (const piece of exportImage(image)) pieces.push(piece);
    const archive = join(place, "archive.tar");
    writeFileSync(archive, Buffer.concat(pieces));
    assert.deepEqual(output("tar", ["-tf", archive]).trim().split("\n"), ["./", "first"]);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

testWith(
  { programs: ["mkfs.ext4"] },
  "copies are found wherever groups begin, with checksums and without",
  async () => {
    const place = temporaryFolder();
    try {
      const image = join(place, "image");
      mkdirSync(join(place, "source"));
      writeFileSync(join(place, "source/first"), "first");
      for (const features of ["metadata_csum", "^metadata_csum,^64bit"]) {
        writeFileSync(image, "");
        truncateSync(image, 64 << 20);
        const layout = ["-b", "4096", "-g", "4096", "-O", features];
        const argv = ["-q", "-F", ...layout, "-d", join(place, "source"), image];
        execFileSync(findProgram("mkfs.ext4")!, argv, { stdio: "pipe" });
        const bytes = new Uint8Array(readFileSync(image)).fill(0, SUPERBLOCK, DESCRIPTORS);
        const said = ["image: not-ext4 Its copy in block 4096"];
        assert.deepEqual(await salvaged(bytes), { readable: ["first"], said });
      }
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  },
);

const small = (() => {
  const built = buildTree(folder({ first: file("first"), large: file("x"), last: file("last") }));
  return imageBytes(built, planOf(built, { blockSizeBytes: 1024 }));
})();

/** Fields of the one descriptor, by what an image of one group is read with all the same. */
const FIELDS: readonly (readonly [what: string, at: number, sizeBytes: number])[] = [
  ["a block bitmap's place", 0, 4],
  ["an inode bitmap's place", 4, 4],
  ["an inode table's place", 8, 4],
  ["a count", 12, 2],
  ["a checksum", 0x1e, 2],
  ["all of it", 0, 64],
];

for (const [what, at, sizeBytes] of FIELDS) {
  Deno.test(`the only descriptor is read without its copy, when ${what} is wrong`, async () => {
    const bytes = small.slice();
    bytes.fill(0xff, DESCRIPTORS + at, DESCRIPTORS + at + sizeBytes);
    const { readable, said } = await salvaged(bytes);
    assert.deepEqual([readable, said], [ALL, ["image: group-checksum "]]);
  });
}

Deno.test("the only superblock is read when its checksum alone is wrong", async () => {
  const bytes = small.slice();
  bytes[SUPERBLOCK + 0x3f0]! ^= 1;
  const { readable, said } = await salvaged(bytes);
  assert.deepEqual([readable, said], [ALL, ["image: superblock-checksum "]]);
});
