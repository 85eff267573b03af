import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openFileSource } from "../../../host/block_source/file_source.ts";
import { openSource } from "../../../host/block_source/open_source.ts";
import { output } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";
import { pattern } from "../../support/trees/source_folder.ts";

const bytes = pattern(100_000, 5);

Deno.test("a file answers at once, any range", () =>
  inTemporaryFolder((folder) => {
    writeFileSync(join(folder, "x.img"), bytes);
    const source = openFileSource(join(folder, "x.img"));
    const into = new Uint8Array(5000);
    assert.equal(source.read(12_345, into), undefined);
    assert.deepEqual(into, bytes.subarray(12_345, 17_345));
    assert.equal(source.sizeBytes, 100_000);
    source.close();
    assert.throws(() => source.read(0, into), { code: "image-closed" });
    source.close();
  }));

Deno.test("a file that is cut while it is open is an error, not zeros", () =>
  inTemporaryFolder((folder) => {
    const path = join(folder, "x.img");
    writeFileSync(path, bytes);
    const source = openFileSource(path);
    truncateSync(path, 50_000);
    assert.throws(() => source.read(49_000, new Uint8Array(2000)), {
      code: "image-changed",
      message: /it was 100000 bytes long when it was opened, and now ends at 50000\. Something cut/,
    });
    source.close();
  }));

Deno.test("what cannot be an image is refused, each with its own message", () =>
  inTemporaryFolder((folder) => {
    mkdirSync(join(folder, "folder"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (
      const [name, code, words] of [
        ["nothing", "no-image", /: it does not exist\. Check the path\.$/],
        ["folder", "no-image", /: it is a folder\. Name an image in it\.$/],
        ["pipe", "no-image", /: it is neither a file nor a block device/],
      ] as const
    ) {
      assert.throws(() => openFileSource(join(folder, name)), { code, message: words });
    }
  }));

Deno.test("a name with escape sequences is harmless in the message", () => {
  assert.throws(
    () => openFileSource("/nowhere/\x1b[31mred"),
    { message: "cannot read /nowhere/\\033[31mred: it does not exist. Check the path." },
  );
});

Deno.test("other schemes are paths", async () => {
  await assert.rejects(openSource("ftp://host/x.img"), { code: "no-image" });
});

testWith(
  { programs: ["losetup"], root: true, loop: true },
  "a block device is an image",
  () =>
    inTemporaryFolder((folder) => {
      const path = join(folder, "x.img");
      writeFileSync(path, pattern(1 << 20, 7));
      const device = output("losetup", ["--find", "--show", "--read-only", path]).trim();
      try {
        const source = openFileSource(device);
        const into = new Uint8Array(1000);
        source.read(700_000, into);
        assert.equal(source.sizeBytes, 1 << 20);
        assert.deepEqual(into, pattern(1 << 20, 7).subarray(700_000, 701_000));
        source.close();
      } finally {
        output("losetup", ["--detach", device]);
      }
    }),
);
