import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planOf, withImage } from "../support/images/write_image.ts";
import { output, run } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { buildTree, file, folder, patternByte, symlink } from "../support/trees/tree_builder.ts";

const text = (length: number) => new Uint8Array(length).map((_, i) => patternByte(3, i));
const FILES = {
  "small.txt": text(10),
  "blocks.bin": text(3_000_000),
  "folder/inner.bin": text(5000),
  "folder/empty": text(0),
};
const built = () =>
  buildTree(folder({
    "small.txt": file(FILES["small.txt"]),
    "blocks.bin": file(FILES["blocks.bin"]),
    folder: folder({
      "inner.bin": file(FILES["folder/inner.bin"]),
      empty: file(),
      link: symlink("inner.bin"),
      longLink: symlink(`${"./".repeat(40)}inner.bin`),
    }),
    sparse: file({ sizeBytes: 2_000_000, ranges: [600_000, 700_000, 1_900_000, 2_000_000] }),
    many: folder(Array.from({ length: 700 }, (_, i) => [`file-${i}`, file(`${i}`)] as const)),
  }));

for (const blockSizeBytes of [1024, 2048, 4096] as const) {
  testWith({ programs: ["7z"] }, `7-Zip unpacks the same contents (${blockSizeBytes})`, () => {
    const source = built();
    return withImage(source, planOf(source, { blockSizeBytes }), (image, work) => {
      const listed = output("7z", ["l", "-slt", "-text", image]);
      assert.match(listed, /Path = many\/file-699/);
      output("7z", ["x", "-text", `-o${join(work, "out")}`, image]);
      for (const [path, bytes] of Object.entries(FILES)) {
        assert.equal(Buffer.compare(readFileSync(join(work, "out", path)), bytes), 0, path);
      }
      const sparse = readFileSync(join(work, "out", "sparse"));
      const inode = source.tree.sizeBytes.indexOf(2_000_000);
      assert.equal(Buffer.compare(sparse, source.read(inode as never, 0, 2_000_000)), 0, "sparse");
      for (let i = 0; i < 700; i++) {
        assert.equal(readFileSync(join(work, "out", "many", `file-${i}`), "utf8"), `${i}`);
      }
    });
  });

  testWith(
    { programs: ["grub-fstest"] },
    `GRUB reads the same contents (${blockSizeBytes})`,
    () => {
      const source = built();
      return withImage(source, planOf(source, { blockSizeBytes }), (image) => {
        const cat = (path: string) => {
          const { stdout, stderr, exitCode } = run("grub-fstest", [
            image,
            "cat",
            `(loop0)/${path}`,
          ]);
          assert.equal(exitCode, 0, stderr);
          return stdout;
        };
        for (const [path, bytes] of Object.entries(FILES)) {
          assert.equal(Buffer.compare(cat(path), bytes), 0, path);
        }
        assert.equal(
          Buffer.compare(cat("folder/link"), FILES["folder/inner.bin"]),
          0,
          "short link",
        );
        assert.equal(
          Buffer.compare(cat("folder/longLink"), FILES["folder/inner.bin"]),
          0,
          "long link",
        );
        assert.equal(Buffer.from(cat("many/file-699")).toString(), "699");
      });
    },
  );

  testWith({ programs: ["debugfs"] }, `debugfs reads the same contents (${blockSizeBytes})`, () => {
    const source = built();
    return withImage(source, planOf(source, { blockSizeBytes }), (image) => {
      for (const [path, bytes] of Object.entries(FILES)) {
        const { stdout } = run("debugfs", ["-R", `cat /${path}`, image]);
        assert.equal(Buffer.compare(stdout, bytes), 0, path);
      }
      assert.match(output("debugfs", ["-R", "htree_dump /many", image]), /Number of entries/);
    });
  });
}

testWith(
  { programs: ["dumpe2fs", "e2fsck"] },
  "a copy of the superblock is as good as the first",
  () => {
    const source = buildTree(folder({ f: file({ sizeBytes: 20_000_000 }) }));
    return withImage(source, planOf(source, { blockSizeBytes: 1024 }), (image) => {
      const printed = output("dumpe2fs", [
        "-h",
        "-o",
        "superblock=8193",
        "-o",
        "blocksize=1024",
        image,
      ]);
      assert.match(printed, /Filesystem volume name: +icecore/);
      const { exitCode, stderr } = run("e2fsck", ["-fn", "-b", "8193", "-B", "1024", image]);
      assert.equal(exitCode, 0, stderr);
    });
  },
);
