import assert from "node:assert/strict";
import { checkImage } from "../../ext4/checker/check_image.ts";
import { fileSource } from "../support/file_source.ts";
import { MKFS, MKFS_OPTIONS, withMkfsImage } from "../support/images/mkfs_images.ts";
import { run } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";

for (const options of MKFS_OPTIONS) {
  testWith(
    MKFS,
    `the checker finds nothing wrong with mkfs ${options.join(" ")}`,
    () =>
      withMkfsImage(options, async (image) => {
        // It does not count what it copies in the quota files, which e2fsck puts right.
        if (options.some((option) => option.includes("quota"))) run("e2fsck", ["-fy", image]);
        using source = fileSource(image);
        const { findings, summary } = await checkImage(source);
        assert.deepEqual(findings, []);
        assert.ok(summary.countFiles > 700);
        assert.equal(summary.countSymlinks, 5);
      }),
  );
}
