import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { checkImage } from "../../ext4/checker/check_image.ts";
import { hasType, S_IFREG } from "../../ext4/tree.ts";
import { fileSource } from "../support/file_source.ts";
import { imageBytes, planOf, withImage } from "../support/images/write_image.ts";
import { JUDGE, judge } from "../support/programs/judge.ts";
import { assertE2fsckClean, output, run } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { equalFilesRoot } from "../support/trees/equal_files_tree.ts";
import { equalRows } from "../support/trees/equal_rows.ts";
import { buildTree, file, folder, patternByte } from "../support/trees/tree_builder.ts";

/** More with `ICECORE_PROPERTY_RUNS`. */
const numRuns = Number(Deno.env.get("ICECORE_PROPERTY_RUNS") ?? 40);

testWith(
  JUDGE,
  `${numRuns} random trees with equal files are clean, mount as they are, and hold each content once`,
  () =>
    fc.assert(
      fc.asyncProperty(
        equalFilesRoot,
        fc.record({
          blockSizeBytes: fc.constantFrom(1024 as const, 2048 as const, 4096 as const),
          hasRecord: fc.boolean(),
        }),
        async (root, options) => {
          const built = buildTree(root);
          const equalTo = equalRows(built);
          await judge(root, { ...options, equalTo }, async ({ plan, image }) => {
            const { layout } = plan;
            const plain = planOf(built, options).layout;
            const { blockSizeBytes } = options;
            const countBlocks = (row: number) => {
              const ranges = built.tree.dataRanges.get(row as never) ??
                [0, built.tree.sizeBytes[row]!];
              const blocks = new Set<number>();
              for (let i = 0; i < ranges.length; i += 2) {
                const end = Math.ceil(ranges[i + 1]! / blockSizeBytes);
                for (let b = Math.floor(ranges[i]! / blockSizeBytes); b < end; b++) blocks.add(b);
              }
              return blocks.size;
            };
            let [all, unique] = [0, 0];
            for (let row = 0; row < built.tree.countInodes; row++) {
              if (!hasType(built.tree, row, S_IFREG)) continue;
              all += countBlocks(row);
              if (equalTo[row] === row) unique += countBlocks(row);
            }
            assert.equal(plain.countDataBlocks - layout.countDataBlocks, all - unique);
            assert.equal(layout.countSharedBlocks, all - unique);
            assert.ok(layout.countMetadataBlocks <= plain.countMetadataBlocks);
            assert.equal(statSync(image).size, layout.countBlocks * blockSizeBytes);
            assert.equal(layout.features.includes("shared_blocks"), all > unique);
            using source = fileSource(image);
            const report = await checkImage(source);
            assert.deepEqual(report.findings, []);
            assert.ok(report.isSound);
          });
        },
      ),
      { numRuns },
    ),
);

Deno.test("the same equal files give the same bytes", () => {
  fc.assert(
    fc.property(equalFilesRoot, (root) => {
      const digest = () => {
        const built = buildTree(root);
        const plan = planOf(built, { equalTo: equalRows(built) });
        return createHash("sha256").update(imageBytes(built, plan)).digest("hex");
      };
      assert.equal(digest(), digest());
    }),
    { numRuns: 10 },
  );
});

const bytes = (length: number) => new Uint8Array(length).map((_, i) => patternByte(3, i));
const FILES = {
  "a.bin": bytes(3_000_000),
  "b.bin": bytes(3_000_000),
  "folder/c.bin": bytes(3_000_000),
  "one-block": bytes(700),
  "folder/one-block": bytes(700),
  "empty": bytes(0),
  "folder/empty": bytes(0),
};
const sparse = { sizeBytes: 2_000_000, ranges: [600_064, 700_000, 1_900_000, 2_000_000], seed: 5 };
const tree = () =>
  buildTree(folder({
    "a.bin": file(FILES["a.bin"]),
    "b.bin": file(FILES["b.bin"]),
    "one-block": file(FILES["one-block"]),
    empty: file(),
    sparse: file(sparse),
    folder: folder({
      "c.bin": file(FILES["folder/c.bin"]),
      "one-block": file(FILES["folder/one-block"]),
      empty: file(),
      sparse: file(sparse),
    }),
  }));

for (const blockSizeBytes of [1024, 2048, 4096] as const) {
  const made = () => {
    const built = tree();
    const plan = planOf(built, { blockSizeBytes, equalTo: equalRows(built) });
    assert.equal(plan.layout.countSharedFiles, 4);
    return { built, plan };
  };

  testWith(
    { programs: ["7z"] },
    `7-Zip unpacks files that share blocks (${blockSizeBytes})`,
    () => {
      const { built, plan } = made();
      return withImage(built, plan, (image, work) => {
        output("7z", ["x", "-text", `-o${join(work, "out")}`, image]);
        for (const [path, contents] of Object.entries(FILES)) {
          assert.equal(Buffer.compare(readFileSync(join(work, "out", path)), contents), 0, path);
        }
        const sparse = ["sparse", "folder/sparse"].map((path) =>
          readFileSync(join(work, "out", path))
        );
        assert.equal(sparse[0]!.length, 2_000_000);
        assert.equal(Buffer.compare(sparse[0]!, sparse[1]!), 0);
      });
    },
  );

  testWith(
    { programs: ["grub-fstest"] },
    `GRUB reads files that share blocks (${blockSizeBytes})`,
    () => {
      const { built, plan } = made();
      return withImage(built, plan, (image) => {
        for (const [path, contents] of Object.entries(FILES)) {
          const { stdout, stderr } = run("grub-fstest", [image, "cat", `(loop0)/${path}`]);
          assert.equal(Buffer.compare(stdout, contents), 0, `${path}: ${stderr}`);
        }
      });
    },
  );

  testWith(
    { programs: ["debugfs", "e2fsck"] },
    `debugfs reads files that share blocks (${blockSizeBytes})`,
    () => {
      const { built, plan } = made();
      return withImage(built, plan, (image) => {
        assertE2fsckClean(image);
        for (const [path, contents] of Object.entries(FILES)) {
          const { stdout } = run("debugfs", ["-R", `cat /${path}`, image]);
          assert.equal(Buffer.compare(stdout, contents), 0, path);
        }
        const blocks = ["a.bin", "b.bin", "folder/c.bin"].map((path) =>
          output("debugfs", ["-R", `blocks /${path}`, image])
        );
        assert.equal(new Set(blocks).size, 1, "three names, the same blocks");
      });
    },
  );
}

testWith(
  { programs: ["dumpe2fs", "e2fsck", "resize2fs", "tune2fs", "mount", "umount"], loop: true },
  "an image whose files share blocks can be made into one that is written to",
  () => {
    const built = tree();
    const plan = planOf(built, { equalTo: equalRows(built) });
    return withImage(built, plan, (image, work) => {
      const size = statSync(image).size + plan.layout.countSharedBlocks * 4096 + (64 << 20);
      output("truncate", ["-s", `${size}`, image]);
      output("tune2fs", ["-O", "^read-only", image]);
      output("resize2fs", [image]);
      output("e2fsck", ["-fy", "-E", "unshare_blocks", image]);
      assert.doesNotMatch(output("dumpe2fs", ["-h", image]), /shared_blocks/);
      assertE2fsckClean(image);
      const mountpoint = join(work, "mnt");
      output("mkdir", [mountpoint]);
      output("mount", ["-o", "loop", image, mountpoint]);
      try {
        output("sh", ["-c", `echo changed > ${mountpoint}/a.bin`]);
        assert.equal(Buffer.compare(readFileSync(join(mountpoint, "b.bin")), FILES["b.bin"]), 0);
        assert.ok(existsSync(join(mountpoint, "folder/c.bin")));
      } finally {
        output("umount", [mountpoint]);
      }
    });
  },
);

testWith(
  { programs: ["fuse2fs", "umount"], files: ["/dev/fuse"], root: true },
  "fuse2fs reads files that share blocks",
  () => {
    const built = tree();
    const plan = planOf(built, { equalTo: equalRows(built) });
    return withImage(built, plan, (image, work) => {
      const mountpoint = join(work, "mnt");
      output("mkdir", [mountpoint]);
      output("fuse2fs", ["-o", "ro", image, mountpoint]);
      try {
        for (const [path, contents] of Object.entries(FILES)) {
          assert.equal(Buffer.compare(readFileSync(join(mountpoint, path)), contents), 0, path);
        }
      } finally {
        output("umount", [mountpoint]);
      }
    });
  },
);
