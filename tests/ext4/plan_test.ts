import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { PlanError } from "../../ext4/image_errors.ts";
import type { PlanOptions } from "../../ext4/plan_image.ts";
import {
  GOLDEN_DIGEST,
  GOLDEN_DIGEST_WITHOUT_RECORD,
  goldenDigest,
  goldenRoot,
} from "../support/images/golden_image.ts";
import { imageBytes, planOf } from "../support/images/write_image.ts";
import {
  buildTree,
  file,
  folder,
  type Name,
  type Node,
  socket,
  symlink,
} from "../support/trees/tree_builder.ts";

const digest = (root: Node, options: Partial<PlanOptions> = {}) => {
  const built = buildTree(root);
  return createHash("sha256").update(imageBytes(built, planOf(built, options))).digest("hex");
};

const sample = goldenRoot;

Deno.test("the same tree and options give the same bytes, on every run and every runtime", () => {
  assert.equal(digest(sample()), digest(sample()));
  assert.equal(goldenDigest(), GOLDEN_DIGEST);
  assert.equal(goldenDigest(false), GOLDEN_DIGEST_WITHOUT_RECORD);
});

Deno.test("the order in which a folder was listed does not show in the image", () => {
  const root = sample();
  assert.ok(root.kind === "folder");
  assert.equal(digest({ ...root, entries: root.entries.toReversed() }), digest(sample()));
});

Deno.test("runs can be asked for twice, and half of them may be left unread", () => {
  const built = buildTree(sample());
  const plan = planOf(built);
  const half = plan.runs()[Symbol.iterator]();
  half.next();
  half.next();
  assert.deepEqual(imageBytes(built, plan), imageBytes(built, plan));
});

Deno.test("every option that is given shows in the image", () => {
  const first = digest(sample());
  const uuid = new Uint8Array(16);
  assert.notEqual(digest(sample(), { uuid }), first);
  assert.notEqual(digest(sample(), { label: uuid }), first);
  assert.notEqual(digest(sample(), { hashSeed: uuid }), first);
  assert.notEqual(digest(sample(), { writeTimeSeconds: 1 }), first);
});

Deno.test("auto takes 1 KiB blocks for many small files, 4 KiB where that costs no more than 2 %", () => {
  const small = Array.from({ length: 400 }, (_, i) => [`${i}`, file("x".repeat(900))] as const);
  assert.equal(planOf(buildTree(folder(small))).layout.blockSizeBytes, 1024);
  const large = folder({ f: file({ sizeBytes: 10_000_000, zeros: true }) });
  assert.equal(planOf(buildTree(large)).layout.blockSizeBytes, 4096);
});

Deno.test("auto is never larger by more than 2 % than the best fixed block size", () => {
  for (const sizeBytes of [0, 100, 1000, 1500, 2500, 5000, 9000]) {
    const files = Array.from(
      { length: 300 },
      (_, i) => [`file ${i}`, file({ sizeBytes, zeros: true })] as const,
    );
    const built = buildTree(folder(files));
    const auto = planOf(built).sizeBytes;
    for (const blockSizeBytes of [1024, 2048, 4096] as const) {
      assert.ok(auto <= planOf(built, { blockSizeBytes }).sizeBytes * 1.02, `${sizeBytes} bytes`);
    }
  }
});

Deno.test("auto takes the block size that a long target or many attributes need", () => {
  const long = folder({ l: symlink("t".repeat(3000)) });
  assert.equal(planOf(buildTree(long)).layout.blockSizeBytes, 4096);
  const xattrs = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`user.attribute-${i}`, "v"]),
  );
  const plan = planOf(buildTree(folder({ f: file("", { xattrs }) })));
  assert.equal(plan.layout.blockSizeBytes, 4096);
  assert.deepEqual(plan.report, []);
});

Deno.test("ea_inode and large_dir are set only where they are used", () => {
  const features = planOf(buildTree(folder({ f: file("x") }))).layout.features;
  assert.ok(!features.includes("ea_inode") && !features.includes("large_dir"));
  const large = folder({ f: file("", { xattrs: { "user.big": new Uint8Array(60_000) } }) });
  assert.ok(planOf(buildTree(large)).layout.features.includes("ea_inode"));
});

Deno.test("sockets are skipped and named in the report", () => {
  const plan = planOf(buildTree(folder({ a: file(), s: socket() })));
  assert.deepEqual(plan.report, [{ kind: "socket-skipped", entry: 1 }]);
});

Deno.test("names that no folder can hold are refused, each with its reason", () => {
  const names: [Name, string][] = [
    ["", "empty"],
    [".", "dot"],
    ["..", "dot"],
    ["a/b", "slash"],
    ["a\0b", "nul"],
  ];
  for (const [name, why] of names) {
    const { report } = planOf(buildTree(folder([[name, file()]])));
    assert.deepEqual(report, [{ kind: "name-refused", entry: 0, why }]);
  }
  const twice = planOf(buildTree(folder([["a", file("1")], ["a", file("2")]])));
  assert.deepEqual(twice.report, [{ kind: "name-refused", entry: 1, why: "duplicate" }]);
  const notAFolder = planOf(buildTree(folder({ "lost+found": file() })));
  assert.deepEqual(notAFolder.report, [{
    kind: "name-refused",
    entry: 0,
    why: "lost+found-no-folder",
  }]);
  const noTarget = planOf(buildTree(folder({ link: symlink("") })));
  assert.deepEqual(noTarget.report, [{ kind: "name-refused", entry: 0, why: "bad-target" }]);
});

Deno.test("times before 1901 and after 2446 are stored as the nearest, and named", () => {
  const root = folder({
    early: file("", { mtime: [-3e9, 0] }),
    late: file("", { mtime: [2e10, 0] }),
  });
  assert.deepEqual(planOf(buildTree(root)).report, [
    { kind: "time-clamped", inode: 1 },
    { kind: "time-clamped", inode: 2 },
  ]);
});

Deno.test("attributes that ext4 cannot hold are left out and named with their reason", () => {
  const xattrs = {
    "btrfs.compression": "zstd",
    "system.posix_acl_access": "nonsense",
    [`user.${"n".repeat(256)}`]: "x",
  };
  const { report } = planOf(
    buildTree(folder({ a: file("", { xattrs }), b: file("", { xattrs }) })),
  );
  const reasons = report.map((note) =>
    note.kind === "xattr-refused" && [note.why, note.countInodes]
  );
  assert.deepEqual(reasons, [["unknown-prefix", 2], ["bad-acl", 2], ["name-too-long", 2]]);
});

Deno.test("options out of range are refused with what to use instead", () => {
  const built = buildTree(folder());
  const wrong: Partial<PlanOptions>[] = [
    { blockSizeBytes: 512 as never },
    { label: new Uint8Array(17) },
    { uuid: new Uint8Array(15) },
    { hashSeed: new Uint8Array(0) },
    { writeTimeSeconds: -1 },
    { writeTimeSeconds: 0.5 },
  ];
  for (const options of wrong) {
    assert.throws(
      () => planOf(built, options),
      (error: unknown) =>
        error instanceof PlanError && error.code === "bad-option" &&
        /^cannot plan the image: .*\. (Use|Give) /.test(error.message),
    );
  }
});

Deno.test("what does not fit the block size is refused with the inode at fault", () => {
  const long = buildTree(folder({ a: file(), link: symlink("t".repeat(1024)) }));
  assert.throws(() => planOf(long, { blockSizeBytes: 1024 }), {
    code: "target-too-long",
    where: { inode: 2 },
  });
  const sizeBytes = 2 ** 42 + 1;
  const large = buildTree(folder({ f: file({ sizeBytes, ranges: [0, 1] }) }));
  assert.throws(() => planOf(large, { blockSizeBytes: 1024 }), { code: "file-too-large" });
  assert.equal(planOf(large).layout.blockSizeBytes, 2048);
});

Deno.test("more than 16 TiB of data is planned with the 64bit fields", () => {
  const huge = (i: number) => [`${i}`, file({ sizeBytes: 2 ** 43, zeros: true })] as const;
  const plan = planOf(buildTree(folder([0, 1, 2].map(huge))));
  assert.ok(plan.layout.countBlocks > 2 ** 32);
  let lengthBytes = 0;
  for (const run of plan.runs()) {
    lengthBytes += run.kind === "bytes" ? run.bytes.length : run.lengthBytes;
  }
  assert.equal(lengthBytes, plan.sizeBytes);
});
