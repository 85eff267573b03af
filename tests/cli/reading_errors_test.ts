import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSmallImage } from "../support/images/small_image.ts";
import { BOUND_BY_PERMISSIONS } from "../support/programs/privileges.ts";
import { type Requirements, requires } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

Deno.test("what cannot be read on the command line is refused", async (context) => {
  await inTemporaryFolder(async (folder) => {
    const image = await buildSmallImage(folder);

    await context.step("each bad input has its own message and exit code", async () => {
      const at = (name: string) => join(folder, name);
      const bytes = readFileSync(image);
      writeFileSync(at("cut.img"), bytes.subarray(0, bytes.length - 4096));
      writeFileSync(at("tiny.img"), "hello");
      writeFileSync(at("text.img"), "no image at all\n".repeat(1000));
      const broken = Uint8Array.from(bytes);
      broken[1024 + 0x78] = broken[1024 + 0x78]! ^ 1;
      writeFileSync(at("broken.img"), broken);
      mkdirSync(at("folder"));
      const cases: [string[], number, RegExp][] = [
        [
          ["ls", at("text.img")],
          1,
          /^icecore: cannot read .*text\.img: it has no ext2, ext3 or ext4 .* another copy of it\.\n$/,
        ],
        [["ls", at("tiny.img")], 1, /tiny\.img: it ends before its superblock/],
        [["diff", image, at("text.img")], 1, /cannot read .*text\.img: it has no ext2/],
        [["info", at("cut.img")], 1, /the image is cut short/],
        [["info", at("broken.img")], 1, /cannot read ext4_super_block: its checksum does not fit/],
        [["ls", at("nothing.img")], 1, /nothing\.img: it does not exist\. Check the path\.\n$/],
        [["ls", "ftp://host/x.img"], 1, /of addresses only http, https and s3 are read in place/],
        [
          ["ls", at("folder")],
          1,
          /it is a folder\. Name an image in it\. .*: icecore list \S+folder\n$/,
        ],
        [["ls", image, "nothing"], 1, /cannot find nothing in the image: there is no nothing/],
        [["ls", image, "readme.txt/x"], 1, /what is before x is not a folder/],
        [["cat", image, "docs"], 1, /cannot print docs: it is a folder\. See what is in it with/],
        [["find", image, "nothing"], 1, /cannot begin at nothing: the image has no such path/],
        [["cat", image], 2, /cannot print: no PATH was given/],
        [["ls"], 2, /IMAGE/],
        [["cat", "--json", image, "readme.txt"], 2, /cannot print contents as JSON/],
        [["cat", image, "readme.txt", "--offset", "far"], 2, /cannot use "far" for --offset/],
        [
          ["find", image, "--size", "big"],
          2,
          /cannot use "big" for --size: it is not a size\. Write/,
        ],
        [["find", image, "--type", "x"], 2, /cannot use "x" for --type/],
        [["find", image, "--type", "constructor"], 2, /cannot use "constructor" for --type/],
        [["find", image, "--newer", "soon"], 2, /cannot use "soon" for --newer/],
      ];
      for (const [args, expected, words] of cases) {
        const { code, stdout, stderr } = await icecore(args);
        assert.equal(code, expected, `${args.join(" ")}: ${stderr}`);
        assert.match(stderr, words);
        if (!args.includes("--json")) assert.equal(stdout, "");
      }
      const { code, stdout } = await icecore(["ls", "--json", image, "nothing"]);
      assert.equal(code, 1);
      assert.equal(JSON.parse(stdout).code, "no-such-path");
    });

    const withoutRights = { programs: ["setpriv"], root: true };
    await testStep(context, withoutRights, "no rights on the image has its own message", () => {
      chmodSync(image, 0);
      const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
      // Root without the right to override permissions still owns the runtime's cache.
      const [program, ...argv] = [...BOUND_BY_PERMISSIONS, Deno.execPath()];
      const { status, stderr } = spawnSync(program!, [
        ...argv,
        ...["run", "--allow-all", main, "ls", image],
      ]);
      assert.match(stderr.toString(), /permission denied\. Run icecore as a user who may read it/);
      assert.equal(status, 1);
    });
  });
});

/** A step that needs something of the machine. */
async function testStep(
  context: Deno.TestContext,
  needs: Requirements,
  name: string,
  run: () => void,
): Promise<void> {
  const { ignore, suffix } = requires(needs);
  await context.step({ name: `${name}${suffix}`, ignore, fn: run });
}
