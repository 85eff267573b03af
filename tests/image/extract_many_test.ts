import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { extractImage, type ExtractOptions } from "../../image/extract.ts";
import { openImage } from "../../image/open_image.ts";
import { imageBytes, planOf, temporaryFolder } from "../support/images/write_image.ts";
import { withDisk } from "../support/mounts/mounted_disk.ts";
import { testWith } from "../support/programs/requirements.ts";
import { buildTree, file, folder, type Node } from "../support/trees/tree_builder.ts";

const COUNT_FILES = 3000;
const owner = { uid: process.getuid!(), gid: process.getgid!() };

function name(i: number): string {
  return `f${String(i).padStart(5, "0")}`;
}

/** Of none to 60 KB. */
function contentOf(i: number): string {
  return `${i},`.repeat(i % 50 === 0 ? 10_000 : i % 7 * 100);
}

function manyFiles(): [string, Node][] {
  return Array.from({ length: COUNT_FILES }, (_, i) => {
    const mtime = [1_600_000_000 + i, i] as const;
    return [name(i), file(contentOf(i), { ...owner, mode: 0o400 + i % 8, mtime })];
  });
}

async function extracted(
  entries: [string, Node][],
  use: (target: string, run: (options: ExtractOptions) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const place = temporaryFolder();
  const built = buildTree(folder(entries));
  try {
    await using image = await openImage(bytesSource(imageBytes(built, planOf(built))));
    await use(join(place, "target"), (options) => extractImage(image, options));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** What is there has all of its contents and metadata. */
function assertComplete(target: string, found: readonly string[]): void {
  for (const each of found) {
    const i = Number(each.slice(1));
    const path = join(target, each);
    assert.equal(readFileSync(path, "utf8"), contentOf(i), each);
    const { mode, mtimeMs } = statSync(path);
    assert.equal(mode & 0o7777, 0o400 + i % 8, each);
    assert.equal(Math.floor(mtimeMs / 1000), 1_600_000_000 + i, each);
  }
}

Deno.test("thousands of small files come back whole", async () => {
  await extracted(manyFiles(), async (target, run) => {
    await run({ target });
    const found = readdirSync(target);
    assert.equal(found.length, COUNT_FILES);
    assertComplete(target, found);
  });
});

Deno.test("among thousands, hard links and holes are kept", async () => {
  const twice = file("twice", owner);
  const hole = file({ sizeBytes: 200_000, ranges: [0, 4096, 190_000, 200_000] }, owner);
  const entries: [string, Node][] = [...manyFiles(), ["twice", twice], ["twice-2", twice]];
  await extracted([...entries, ["with-hole", hole]], async (target, run) => {
    await run({ target });
    assert.equal(statSync(join(target, "twice")).ino, statSync(join(target, "twice-2")).ino);
    assert.ok(statSync(join(target, "with-hole")).blocks * 512 < 100_000);
  });
});

Deno.test("after a cancel no file among thousands is incomplete", async () => {
  await extracted(manyFiles(), async (target, run) => {
    const cancel = new AbortController();
    const onProgress = (done: number, _: number | undefined, unit: string) => {
      if (unit === "bytes" && done > 0) cancel.abort(new Error("enough"));
    };
    await assert.rejects(run({ target, signal: cancel.signal, onProgress }), /enough/);
    assertComplete(target, readdirSync(target));
  });
});

testWith(
  { root: true, programs: ["mount", "umount"] },
  "when the disk is full no file among thousands is incomplete",
  async () => {
    await extracted(manyFiles(), async (target, run) => {
      await withDisk(target, "size=3m", async () => {
        await assert.rejects(run({ target, force: true }), {
          code: "disk-full",
          message: /cannot extract f\d+ into .*: no space left on device\. Make room/,
        });
        const found = readdirSync(target);
        assert.ok(found.length > 100 && found.length < COUNT_FILES);
        assertComplete(target, found);
      });
    });
  },
);
