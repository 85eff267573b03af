import assert from "node:assert/strict";
import { linkSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { icecore } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

Deno.test("a dry run refuses an output as the build would, in the same words", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    writeFileSync(`${folder}/there.img`, "");
    writeFileSync(`${folder}/side.img.sha512`, "");
    for (const output of ["there.img", "side.img", "missing/x.img", `${"x".repeat(250)}.img`]) {
      const args = ["build", "source", "-o", output];
      const dry = await icecore([...args, "--dry-run"], { cwd: folder });
      const built = await icecore(args, { cwd: folder });
      assert.deepEqual([dry.code, dry.stdout, dry.stderr], [1, "", built.stderr], output);
    }
  });
});

Deno.test("a dry run with --verbose lists each file with what becomes of it", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    for (const name of ["a.txt", "b.txt", "c.tmp"]) writeFileSync(`${folder}/source/${name}`, name);
    linkSync(`${folder}/source/a.txt`, `${folder}/source/z.txt`);
    const lines = async (...args: string[]) => {
      const typed = ["build", "source", "--exclude", "*.tmp", ...args];
      const { code, stdout, stderr } = await icecore(typed, { cwd: folder });
      assert.equal(code, 0, stderr);
      return stdout.split("\n").map((line) => line.trim().replace(`${folder}/`, "")).filter((
        line,
      ) => /\.(txt|tmp)/.test(line));
    };
    assert.deepEqual(await lines("--dry-run", "-v"), [
      "stored: source/a.txt, under 2 names",
      "stored: source/b.txt",
      "excluded: source/c.tmp",
    ]);
    await lines("-q", "--times", "all");
    writeFileSync(`${folder}/source/b.txt`, "changed");
    writeFileSync(`${folder}/source/d.txt`, "new");
    const next = ["--base", "source.img", "-o", "next.img", "--times", "all", "--dry-run", "-v"];
    assert.deepEqual(
      (await lines(...next)).filter((line) => / stored|^stored|not stored/.test(line)),
      [
        "not stored, unchanged: source/a.txt, under 2 names",
        "stored, changed: source/b.txt",
        "stored, new: source/d.txt",
      ],
    );
  });
});

Deno.test("a dry run leaves nothing, and --force makes it plan a replacement", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    writeFileSync(`${folder}/there.img`, "");
    const args = ["build", "source", "-o", "there.img", "--dry-run", "--force"];
    const { code, stdout, stderr } = await icecore(args, { cwd: folder });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Would build .*there\.img/);
    assert.deepEqual(readdirSync(folder).sort(), ["source", "there.img"]);
  });
});
