import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FSCRYPT, hasFscrypt, makeEncryptedImage } from "../support/images/encrypted_image.ts";
import { output } from "../support/programs/oracles.ts";
import { findProgram, requires, testWith } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const LEFT_OUT =
  /^icecore: left out: private: cannot read inode \d+: what is in it is encrypted\./m;

const { ignore, suffix } = requires(FSCRYPT);
Deno.test({
  name: `an encrypted folder is listed as the kernel lists it, and costs nothing else${
    hasFscrypt ? suffix : " (skipped: the kernel does not encrypt)"
  }`,
  ignore: ignore || !hasFscrypt,
  fn: (context) =>
    inTemporaryFolder(async (folder) => {
      const image = join(folder, "e.img");
      const mountpoint = join(folder, "mnt");
      mkdirSync(mountpoint);
      makeEncryptedImage(image, mountpoint);
      output("mount", ["-o", "loop,ro,noload", image, mountpoint]);
      let names: string[], inner: string[];
      try {
        names = readdirSync(join(mountpoint, "private"));
        inner = readdirSync(join(mountpoint, "private"), { recursive: true }).map(String)
          .filter((name) => name.includes("/"));
      } finally {
        output("umount", [mountpoint]);
      }

      await context.step(
        "ls and find print the kernel's names, say so, and exit with 3",
        async () => {
          const listed = await icecore(["ls", image, "private"]);
          assert.deepEqual([listed.code, listed.stdout], [3, names.sort().join("\n") + "\n"]);
          assert.match(listed.stderr, LEFT_OUT);
          const found = await icecore(["find", image]);
          assert.equal(found.code, 3);
          assert.deepEqual(
            found.stdout.trim().split("\n").sort(),
            ["/", "/lost+found", "/plain", "/plain/a", "/private"]
              .concat(names.map((name) => `/private/${name}`))
              .concat(inner.map((name) => `/private/${name}`)).sort(),
          );
          assert.equal(
            found.stderr.match(/left out/g)!.length,
            1,
            "once, not for each folder in it",
          );
        },
      );

      await context.step("JSON marks what is encrypted", async () => {
        const { stdout } = await icecore(["find", image, "private", "--json"]);
        const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
        const leftOut = lines.filter(({ type }) => type === "left-out");
        assert.deepEqual(
          leftOut.map(({ path, code, features }) => ({ path, code, features })),
          [{ path: "private", code: "unsupported-feature", features: ["encrypt"] }],
        );
        const entries = lines.filter(({ type }) => type === "entry");
        assert.equal(entries.length, 5);
        assert.ok(entries.every(({ encrypted }) => encrypted === true));
      });

      await context.step("what is listed can be named; its contents are refused", async () => {
        const file = (await icecore(["find", image, "private", "--type", "f"])).stdout.split(
          "\n",
        )[0]!;
        const listed = await icecore(["ls", "-ld", image, file]);
        assert.equal(listed.code, 0, listed.stderr);
        const { code, stdout, stderr } = await icecore(["cat", image, file]);
        assert.deepEqual([code, stdout], [1, ""]);
        assert.match(stderr, /^icecore: cannot read inode \d+: it is encrypted\. Mount the image/);
      });

      await context.step("extract and export take the rest", async () => {
        const target = join(folder, "target");
        const { code, stderr } = await icecore(["extract", image, "-o", target]);
        assert.equal(code, 3);
        assert.match(stderr, LEFT_OUT);
        assert.equal(readFileSync(join(target, "plain/a"), "utf8"), "plain");
        assert.deepEqual(readdirSync(join(target, "private")), []);
        const exported = await icecore(["export", image, "--tar"]);
        assert.equal(exported.code, 3);
        assert.match(exported.stdout, /plain\/a/);
      });

      await context.step("the image is sound, and of the folder nothing is compared", async () => {
        assert.equal((await icecore(["verify", image, "--no-digest"])).code, 0);
        const compared = await icecore(["diff", image, join(folder, "target")]);
        assert.equal(compared.code, 1);
        assert.match(
          compared.stderr,
          /^icecore: unreadable: private: the image uses encrypt there/m,
        );
      });
    }),
});

testWith(
  { programs: ["mkfs.ext4", "debugfs"] },
  "a file, a link and a folder with the flag are left out, and the rest is there",
  (context) =>
    inTemporaryFolder(async (folder) => {
      const source = join(folder, "source");
      mkdirSync(join(source, "private"), { recursive: true });
      for (const name of ["file", "plain", "private/x"]) writeFileSync(join(source, name), name);
      execFileSync("ln", ["-s", "a target that is encrypted", join(source, "link")]);
      const image = join(folder, "e.img");
      output("mkfs.ext4", ["-q", "-F", "-O", "encrypt", "-d", source, image, "8M"]);
      for (
        const [name, flags] of [["file", "0x80800"], ["link", "0x800"], ["private", "0x80800"]]
      ) {
        execFileSync(findProgram("debugfs")!, ["-w", "-R", `sif ${name} flags ${flags}`, image], {
          stdio: "pipe",
        });
      }

      await context.step("by extract", async () => {
        const target = join(folder, "target");
        const { code, stderr } = await icecore(["extract", image, "-o", target]);
        assert.equal(code, 3, stderr);
        for (const name of ["file", "link", "private"]) {
          assert.match(stderr, new RegExp(`^icecore: left out: ${name}: .*encrypted`, "m"));
        }
        assert.deepEqual(readdirSync(target).sort(), ["plain", "private"]);
      });

      await context.step("by ls, which prints the link without its target", async () => {
        const { code, stdout, stderr } = await icecore(["ls", "-l", image]);
        assert.equal(code, 3, stderr);
        assert.match(stdout, / link$/m);
        assert.match(stderr, /^icecore: left out: link: cannot read inode \d+: it is encrypted/m);
      });

      await context.step("when it is named beside others", async () => {
        const target = join(folder, "some");
        const { code, stderr } = await icecore(["extract", image, "link", "plain", "-o", target]);
        assert.equal(code, 3, stderr);
        assert.deepEqual(readdirSync(target), ["plain"]);
      });
    }),
);
