import assert from "node:assert/strict";
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CorruptImageError } from "../../ext4/image_errors.ts";
import type { InodeNumber } from "../../ext4/numbers.ts";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { INODE } from "../../ext4/structs/inode.ts";
import { exportImage } from "../../image/export_tar.ts";
import { extractImage } from "../../image/extract.ts";
import { openImage } from "../../image/open_image.ts";
import { Forgery } from "../support/images/forge.ts";
import { imageBytes, planOf, temporaryFolder } from "../support/images/write_image.ts";
import { buildTree, file, folder, symlink } from "../support/trees/tree_builder.ts";

const ROOT = 2 as InodeNumber;

/** What an image is forged of: a link that leads out, a folder beside it, folders within. */
const honest = () =>
  folder({
    aaa: symlink("../outside"),
    bbb: folder({ evil: file("written"), sub: folder({ deep: file("deep") }) }),
    ccc: folder({ inner: folder() }),
    file: file({ sizeBytes: 100_000 }),
  });

/** The numbers of the inodes, found by their paths. */
async function inodesOf(image: Uint8Array): Promise<Record<string, InodeNumber>> {
  await using reader = await openImage(bytesSource(image));
  const numbers: Record<string, InodeNumber> = {};
  for await (const { pathText, inode } of reader.walk()) numbers[pathText] = inode;
  return numbers;
}

/** Forges an image, extracts it, and looks that nothing is outside the target. */
async function attack(
  forge: (forgery: Forgery, inodes: Record<string, InodeNumber>) => void,
  look: (target: string, error: unknown) => void | Promise<void>,
): Promise<void> {
  const built = buildTree(honest());
  const bytes = imageBytes(built, planOf(built));
  const forgery = new Forgery(bytes);
  forge(forgery, await inodesOf(bytes));
  const place = temporaryFolder();
  try {
    mkdirSync(join(place, "outside"));
    const target = join(place, "target");
    const error = await extractBytes(bytes, target).then(() => undefined, (reason) => reason);
    await look(target, error);
    assert.deepEqual(readdirSync(join(place, "outside")), []);
    const beside = readdirSync(place).filter((name) => name !== "target");
    assert.deepEqual(beside, ["outside"]);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function extractBytes(bytes: Uint8Array, target: string): Promise<void> {
  await using image = await openImage(bytesSource(bytes));
  await extractImage(image, { target });
}

function refusedAtOnce(code: RegExp) {
  return (target: string, error: unknown) => {
    assert.ok(error instanceof CorruptImageError, String(error));
    assert.match(error.code, code);
    assert.equal(existsSync(target), false, "nothing was written");
  };
}

const rename = (name: string) => (entry: Uint8Array) => {
  entry[6] = name.length;
  entry.set(new TextEncoder().encode(name), 8);
};
const pointTo = (inode: InodeNumber) => (entry: Uint8Array) =>
  new DataView(entry.buffer, entry.byteOffset).setUint32(0, inode, true);

for (const name of ["..", ".", "a/b", "../", "/", "\0bb"]) {
  Deno.test(`a name ${JSON.stringify(name)} is refused before anything is written`, () =>
    attack(
      (forgery) => forgery.entry(ROOT, "bbb", rename(name)),
      refusedAtOnce(/^directory-entry$/),
    ));
}

Deno.test("a link and a folder of one name are refused before anything is written", () =>
  attack(
    (forgery) => forgery.entry(ROOT, "bbb", rename("aaa")),
    refusedAtOnce(/^name-twice$/),
  ));

Deno.test("a folder that has two names is refused", () =>
  attack(
    (forgery, inodes) => forgery.entry(ROOT, "ccc", pointTo(inodes["bbb"]!)),
    refusedAtOnce(/^(folder-twice|directory-parent)$/),
  ));

Deno.test("folders in a circle are refused", async () => {
  for (const to of ["bbb", "ccc"]) {
    await attack(
      (forgery, inodes) => forgery.entry(inodes["bbb"]!, "sub", pointTo(inodes[to]!)),
      refusedAtOnce(/^(folder-twice|directory-parent)$/),
    );
  }
});

Deno.test("a file that claims 16 TiB takes no more room than it has", () =>
  attack(
    (forgery, inodes) =>
      forgery.inode(inodes["file"]!, (bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        view.setUint32(INODE.offsets.i_size_high, 0xfff, true);
      }),
    (target, error) => {
      // A file of holes is a file: whether it fits is for the target's file system to say.
      if (error !== undefined) {
        assert.match((error as { code: string }).code, /not-writable|file-too-large|inode-size/);
        return;
      }
      const { blocks } = lstatSync(join(target, "file"));
      assert.ok(blocks * 512 <= 200_000, `${blocks} blocks`);
    },
  ));

Deno.test("a link of an honest image is extracted as a link, and nothing through it", () =>
  attack(() => {}, (target, error) => {
    assert.equal(error, undefined);
    assert.ok(lstatSync(join(target, "aaa")).isSymbolicLink());
  }));

Deno.test("export refuses what extract refuses", async () => {
  const built = buildTree(honest());
  const bytes = imageBytes(built, planOf(built));
  new Forgery(bytes).entry(ROOT, "bbb", rename("a/b"));
  await using image = await openImage(bytesSource(bytes));
  await assert.rejects(async () => {
    for await (const _ of exportImage(image));
  }, CorruptImageError);
});
