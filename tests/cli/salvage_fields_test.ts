import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InodeNumber } from "../../ext4/numbers.ts";
import { INODE } from "../../ext4/structs/inode.ts";
import { openImage } from "../../read.ts";
import { Forgery } from "../support/images/forge.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** Each breaks one field of one inode, whose checksum fits. */
const BREAKS: Readonly<Record<string, (bytes: Uint8Array) => void>> = {
  "bad-target": (bytes) => bytes[INODE.offsets.i_block + 1] = 0,
  "bad-length": (bytes) => bytes.fill(0, INODE.offsets.i_size_lo, INODE.offsets.i_size_lo + 4),
  "bad-size": (bytes) => bytes.fill(0xff, INODE.offsets.i_size_high, INODE.offsets.i_size_high + 4),
  "bad-time": (bytes) =>
    bytes.fill(0xff, INODE.offsets.i_mtime_extra, INODE.offsets.i_mtime_extra + 4),
};

async function imageWithBrokenFields(folder: string): Promise<string> {
  const core = join(folder, "core");
  mkdirSync(join(core, "below"), { recursive: true });
  symlinkSync("target", join(core, "bad-target"));
  symlinkSync("target", join(core, "below/bad-length"));
  for (const name of ["a", "bad-size", "bad-time", "z"]) writeFileSync(join(core, name), name);
  const path = join(folder, "core.img");
  assert.equal((await icecore(["build", core, "-o", path, "-q"])).code, 0);
  const inodes = new Map<string, InodeNumber>();
  await using image = await openImage(path);
  for await (const { nameText, inode } of image.walk()) inodes.set(nameText, inode);
  const forgery = new Forgery(Uint8Array.from(readFileSync(path)));
  for (const [name, change] of Object.entries(BREAKS)) forgery.inode(inodes.get(name)!, change);
  writeFileSync(path, forgery.image);
  return path;
}

const LEFT_OUT = [
  "core/bad-size: inode-size",
  "core/bad-target: symlink-target",
  "core/bad-time: inode-time",
  "core/below/bad-length: symlink-size",
];

Deno.test("with --salvage a listing goes on behind any field that is broken", async (context) => {
  await inTemporaryFolder(async (folder) => {
    const image = await imageWithBrokenFields(folder);

    await context.step("without it, each stops", async () => {
      for (const args of [["ls", "-lR", image], ["find", "--json", image]]) {
        assert.equal((await icecore(args)).code, 1);
      }
    });

    await context.step("ls -lR prints a link without its target", async () => {
      const { code, stdout, stderr } = await icecore(["ls", "-lR", image, "--salvage"]);
      assert.equal(code, 3, stderr);
      for (const name of ["a", "bad-target", "bad-time", "below", "z", "bad-length"]) {
        assert.match(stdout, new RegExp(`:\\d\\d ${name}$`, "m"));
      }
      assert.match(stderr, /^icecore: left out: core\/below\/bad-length: /m);
    });

    await context.step("ls -l of a folder, and of a link itself", async () => {
      const listed = await icecore(["ls", "-l", image, "core", "--salvage"]);
      assert.equal(listed.code, 3);
      assert.match(listed.stderr, /^icecore: left out: core\/bad-target: .* the link's target/m);
      const single = await icecore(["ls", "-l", image, "core/bad-target", "core/a", "--salvage"]);
      assert.equal(single.code, 3);
      assert.match(single.stdout, / core\/bad-target$/m);
      assert.match(single.stdout, / core\/a$/m);
    });

    await context.step("find --json names each once", async () => {
      const { code, stdout } = await icecore(["find", "--json", image, "--salvage"]);
      assert.equal(code, 3);
      const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
      const leftOut = lines.filter(({ type }) => type === "left-out");
      assert.deepEqual(leftOut.map(({ path, code }) => `${path}: ${code}`).sort(), LEFT_OUT);
      const paths = lines.filter(({ type }) => type === "entry").map(({ path }) => path);
      assert.ok(paths.includes("/core/bad-target"));
      assert.ok(paths.includes("/core/z"));
    });

    await context.step("one broken path does not take the others with it", async () => {
      const { code, stdout, stderr } = await icecore(
        ["ls", image, "core/bad-size", "core/a", "--salvage"],
      );
      assert.deepEqual([code, stdout], [3, "core/a\n"]);
      assert.match(stderr, /^icecore: left out: core\/bad-size: /m);
    });
  });
});
