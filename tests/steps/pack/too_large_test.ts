import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { planOf } from "../../support/images/write_image.ts";
import { icecore } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { buildTree, file, folder } from "../../support/trees/tree_builder.ts";

const MOST_BYTES = (2 ** 32 - 1) * 4096;

Deno.test("a file that ext4 cannot hold is left out and named; the largest that it can is stored", () => {
  const huge = (sizeBytes: number) => file({ sizeBytes, ranges: [] });
  const built = buildTree(
    folder({ a: huge(MOST_BYTES + 1), b: huge(MOST_BYTES), c: file("c") }),
  );
  const { report, layout } = planOf(built, { blockSizeBytes: "auto" });
  assert.deepEqual(report, [{ kind: "name-refused", entry: 0, why: "file-too-large" }]);
  assert.equal(layout.blockSizeBytes, 4096);
});

Deno.test("what does not fit the block size that was asked for is named", async () => {
  await inTemporaryFolder(async (place) => {
    mkdirSync(`${place}/source/in`, { recursive: true });
    writeFileSync(`${place}/source/in/large`, "");
    truncateSync(`${place}/source/in/large`, 5 * 2 ** 40);
    const build = ["build", "source", "-o", "i.img", "--block-size", "1024"];
    const file = await icecore(build, { cwd: place });
    assert.equal(file.code, 1);
    assert.match(
      file.stderr,
      /cannot store \S+\/source\/in\/large: it is a file of 5497558138880 bytes: ext4 ends at/,
    );
    truncateSync(`${place}/source/in/large`, 0);
    symlinkSync("x".repeat(1500), `${place}/source/in/link`);
    const link = await icecore(build, { cwd: place });
    assert.equal(link.code, 1);
    assert.match(link.stderr, /cannot store \S+\/source\/in\/link: it is a symbolic link of 1500/);
  });
});
