import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { planOf, withImage } from "../support/images/write_image.ts";
import { JUDGE, judge } from "../support/programs/judge.ts";
import { assertE2fsckClean, withMount } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { buildTree, file, folder } from "../support/trees/tree_builder.ts";

testWith(JUDGE, "several names of one file stay one inode", () => {
  const shared = file("shared");
  return judge(folder({ a: shared, b: folder({ c: shared }), d: shared }));
});

testWith(
  JUDGE,
  "70,000 names of one file: 65,000 lead to one inode, the others to a copy",
  async () => {
    const shared = file("shared by many", { uid: 4, xattrs: { "user.tag": "x".repeat(300) } });
    const names = Array.from({ length: 70_000 }, (_, i) => [`link-${i}`, shared] as const);
    const built = buildTree(folder([["many", folder(names)]]));
    const plan = planOf(built);
    assert.deepEqual(plan.report, [
      { kind: "links-split", inode: 2, countLinks: 70_000, countCopies: 2 },
    ]);
    await withImage(built, plan, async (image, work) => {
      assertE2fsckClean(image);
      await withMount(image, work, (mountpoint) => {
        const links = new Map<number, number>();
        for (const [name] of names) {
          const { ino, nlink } = statSync(join(mountpoint, "many", name));
          assert.ok(nlink === 65_000 || nlink === 5_000);
          links.set(ino, (links.get(ino) ?? 0) + 1);
        }
        assert.deepEqual([...links.values()].sort((a, b) => a - b), [5_000, 65_000]);
        for (const name of ["link-0", "link-69999", "link-64999", "link-9"]) {
          const path = join(mountpoint, "many", name);
          assert.equal(readFileSync(path, "utf8"), "shared by many");
          assert.equal(statSync(path).uid, 4);
        }
      });
    });
  },
);

testWith(JUDGE, "exactly 65,000 names of one file need no copy", () => {
  const shared = file("x");
  const names = Array.from({ length: 65_000 }, (_, i) => [`${i}`, shared] as const);
  return judge(folder(names), {}, ({ plan }) => assert.deepEqual(plan.report, []));
});

for (const count of [64_998, 64_999]) {
  testWith(
    JUDGE,
    `${count} subfolders are counted, on either side of the most a link count holds`,
    () => {
      const empty = Array.from({ length: count }, (_, i) => [`${i}`, folder()] as const);
      return judge(folder([["parent", folder(empty)]]), {}, ({ mountpoint }) => {
        const links = statSync(join(mountpoint, "parent")).nlink;
        assert.equal(links, count === 64_998 ? 65_000 : 1);
      });
    },
  );
}

testWith(JUDGE, "66,000 subfolders lie in one folder", () => {
  const empty = Array.from({ length: 66_000 }, (_, i) => [`sub-${i}`, folder()] as const);
  return judge(folder(empty));
});
