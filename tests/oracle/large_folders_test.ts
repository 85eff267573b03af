import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { planOf, withImage } from "../support/images/write_image.ts";
import { JUDGE, judge } from "../support/programs/judge.ts";
import { assertE2fsckClean, output, withMount } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { namesAroundCollision } from "../support/trees/colliding_names.ts";
import { buildTree, file, folder } from "../support/trees/tree_builder.ts";

const manyNames = (count: number, lengthBytes: number) => {
  const shared = [file("a"), file("b"), file("c"), file("d")];
  return Array.from(
    { length: count },
    (_, i) => [`${i}-`.padEnd(lengthBytes, "n"), shared[i % shared.length]!] as const,
  );
};

testWith(
  JUDGE,
  "200,000 names in one folder have an index of two levels",
  () =>
    judge(
      folder([["flat", folder(manyNames(200_000, 40))]]),
      { blockSizeBytes: 4096 },
      (judged) => {
        const { image, mountpoint } = judged;
        const dump = output("debugfs", ["-R", "htree_dump /flat", image]);
        assert.match(dump, /Indirect levels: 1/);
        assert.ok(existsSync(join(mountpoint, "flat", "199999-".padEnd(40, "n"))));
      },
    ),
);

testWith(JUDGE, "names of 255 bytes and 1 KiB blocks make an index of three levels", () =>
  judge(
    folder([["flat", folder(manyNames(50_000, 255))]]),
    { blockSizeBytes: 1024 },
    ({ plan }) => assert.ok(plan.layout.features.includes("large_dir")),
  ));

testWith(JUDGE, "150,000 empty files take more and smaller groups, and leave no block free", () => {
  const folders = Array.from({ length: 150 }, (_, f) => {
    const files = Array.from({ length: 1000 }, (_, i) => [`empty-${f}-${i}`, file()] as const);
    return [`${f}`, folder(files)] as const;
  });
  const built = buildTree(folder(folders));
  const plan = planOf(built, { blockSizeBytes: 4096 });
  assert.ok(plan.layout.countGroups >= 5 && plan.layout.blocksPerGroup < 32_768);
  assert.equal(plan.layout.countFreeBlocks, 0);
  return withImage(built, plan, (image, work) => {
    assertE2fsckClean(image);
    return withMount(image, work, (mountpoint) => {
      assert.ok(existsSync(join(mountpoint, "149", "empty-149-999")));
    });
  });
});

for (const hashesBefore of [48, 49]) {
  testWith(
    JUDGE,
    `two names of one hash are found with ${hashesBefore} before them in their leaf of 50`,
    () => {
      const names = namesAroundCollision(hashesBefore, 400);
      const entries = names.map((name) => [name, file(name)] as const);
      const options = { blockSizeBytes: 1024 } as const;
      return judge(folder([["flat", folder(entries)]]), options, ({ image }) => {
        const dump = output("debugfs", ["-R", "htree_dump /flat", image]);
        const continued = [...dump.matchAll(/Entry #\d+: Hash 0x[0-9a-f]*[13579bdf],/g)];
        assert.equal(continued.length, hashesBefore === 49 ? 1 : 0, dump.slice(0, 3000));
      });
    },
  );
}
