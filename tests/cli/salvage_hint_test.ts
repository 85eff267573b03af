import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { icecore } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const HINT = / Or add --salvage to have the rest\.$/m;
const SUPERBLOCK = 1024;

Deno.test("--salvage is advised where it helps, and only there", async (context) => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(join(folder, "core"));
    writeFileSync(join(folder, "core/a"), "a");
    const sound = join(folder, "core.img");
    assert.equal((await icecore(["build", join(folder, "core"), "-o", sound, "-q"])).code, 0);
    const broken = (name: string, at: number, value: number): string => {
      const path = join(folder, name);
      const bytes = readFileSync(sound);
      bytes[at] = value;
      writeFileSync(path, bytes);
      return path;
    };

    await context.step("a bit of the superblock that nobody uses", async () => {
      const image = broken("padding.img", SUPERBLOCK + 0x3f0, 1);
      const stopped = await icecore(["ls", image]);
      assert.equal(stopped.code, 1);
      assert.match(stopped.stderr, HINT);
      const { code, stdout, stderr } = await icecore(["ls", image, "core", "--salvage"]);
      assert.deepEqual([code, stdout], [3, "a\n"], stderr);
      assert.match(stderr, /it has no copy, and is used unchecked/i);
    });

    await context.step("a superblock that cannot be read, and has no copy", async () => {
      const image = broken("size.img", SUPERBLOCK + 0x18, 0xff);
      for (const args of [["ls", image], ["extract", image], ["find", image]]) {
        const { code, stderr } = await icecore(args);
        assert.equal(code, 1);
        assert.match(stderr, /^icecore: cannot read ext4_super_block: /);
        assert.doesNotMatch(stderr, /--salvage/);
        assert.equal((await icecore([...args, "--salvage"])).code, 1);
      }
    });

    await context.step("commands without the option do not speak of it", async () => {
      const image = broken("padding.img", SUPERBLOCK + 0x3f0, 1);
      for (const args of [["cat", image, "core/a"], ["info", image], ["diff", image, sound]]) {
        assert.doesNotMatch((await icecore(args)).stderr, /--salvage/);
      }
    });
  });
});
