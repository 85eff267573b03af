import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openImage } from "../../../read.ts";
import { Forgery } from "../../support/images/forge.ts";
import { icecore } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const INODE_BYTES = 256;

/** An image of three files, one of whose inodes is broken. */
async function damagedImage(folder: string): Promise<string> {
  mkdirSync(join(folder, "core"));
  for (const name of ["one", "two", "three"]) writeFileSync(join(folder, "core", name), name);
  const path = join(folder, "core.img");
  assert.equal((await icecore(["build", join(folder, "core"), "-o", path, "-q"])).code, 0);
  const image = await openImage(path);
  const { inode } = await image.stat("core/two");
  const { blockSizeBytes } = image.info;
  await image.close();
  const bytes = readFileSync(path);
  const table = new Forgery(bytes).inodeTable * blockSizeBytes;
  bytes[table + (inode - 1) * INODE_BYTES + 4]! ^= 0xff;
  writeFileSync(path, bytes);
  return path;
}

const NAMED = /^icecore: left out: core\/two: cannot read ext4_inode: its checksum does not fit/m;

Deno.test("--salvage leaves out what is broken, names it, and exits with 3", async (context) => {
  await inTemporaryFolder(async (folder) => {
    const image = await damagedImage(folder);

    await context.step("without it, the first damage ends a command, which names it", async () => {
      const { code, stdout, stderr } = await icecore(["find", image]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /its checksum does not fit .* Or add --salvage to have the rest\.$/m);
    });

    await context.step("ls and find print the rest", async () => {
      const found = await icecore(["find", image, "--salvage", "--type", "f"]);
      assert.deepEqual([found.code, found.stdout], [3, "/core/one\n/core/three\n"]);
      assert.match(found.stderr, NAMED);
      const listed = await icecore(["ls", image, "core", "--salvage"]);
      assert.deepEqual([listed.code, listed.stdout], [3, "one\nthree\n"]);
    });

    await context.step("extract writes the rest", async () => {
      const target = join(folder, "target");
      const { code, stderr } = await icecore(["extract", image, "-o", target, "--salvage"]);
      assert.equal(code, 3);
      assert.match(stderr, NAMED);
      assert.equal(readFileSync(join(target, "core/three"), "utf8"), "three");
      assert.equal(existsSync(join(target, "core/two")), false);
    });

    await context.step("JSON has an object for each thing left out", async () => {
      const target = join(folder, "again");
      const args = ["extract", image, "-o", target, "--salvage", "--json"];
      const lines = (await icecore(args)).stdout.trim().split("\n").map((line) => JSON.parse(line));
      assert.equal(lines[0].type, "left-out");
      assert.deepEqual([lines[0].path, lines[0].code], ["core/two", "inode-checksum"]);
      assert.equal(lines[1].type, "extracted");
    });

    await context.step("a command that meets no damage exits with 0", async () => {
      const { code, stdout } = await icecore(["ls", image, "--salvage"]);
      assert.deepEqual([code, stdout], [0, "core\nlost+found\n"]);
    });
  });
});
