import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** A folder with `srv`, and `full.img` of it. */
async function withFull(use: (folder: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/srv/album`, { recursive: true });
    writeFileSync(`${folder}/srv/album/a`, "a".repeat(5000));
    writeFileSync(`${folder}/srv/album/b`, "b");
    writeFileSync(`${folder}/srv/c`, "c");
    await icecoreOutput(["build", "srv", "-o", "full.img", "--quiet"], folder);
    await use(folder);
  });
}

const build = (folder: string, ...args: string[]) =>
  icecore(["build", "srv", ...args], { cwd: folder });

Deno.test("a layer is built, and says what it holds", async () => {
  await withFull(async (folder) => {
    writeFileSync(`${folder}/srv/d`, "new");
    writeFileSync(`${folder}/srv/c`, "C");
    rmSync(`${folder}/srv/album/b`);
    const { code, stderr } = await build(folder, "-o", "next.img", "--base", "full.img");
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /since full\.img: 1 file \(3 B\) new, 1 file \(1 B\) changed, 0 files \(0 B\) with other metadata, 1 file \(1 B\) gone/,
    );
    const listed = await icecoreOutput(["ls", "-R", "next.img"], folder);
    assert.match(listed, /^\/srv\/album:\na\n$/m);
  });
});

Deno.test("a dry run says in numbers what a layer would hold, and writes nothing", async () => {
  await withFull(async (folder) => {
    renameSync(`${folder}/srv/album`, `${folder}/srv/pictures`);
    writeFileSync(`${folder}/srv/c`, "longer");
    const args = ["-o", "next.img", "--base", "full.img", "--dry-run"];
    const { stdout } = await build(folder, ...args, "--json");
    const { steps } = JSON.parse(stdout) as {
      steps: { name: string; facts: { label: string; value: unknown }[] }[];
    };
    assert.deepEqual(steps.map(({ name }) => name), ["scan", "since", "pack", "fsck", "hash"]);
    const facts = new Map(steps[1]!.facts.map(({ label, value }) => [label, value]));
    assert.equal(facts.get("base"), `full.img`);
    assert.equal(facts.get("files new"), 2);
    assert.equal(facts.get("size of files new"), 5001);
    assert.equal(facts.get("files changed"), 1);
    assert.equal(facts.get("files gone"), 2);
    const renamed = [...facts].filter(([label]) => label.startsWith("renamed folder"));
    assert.deepEqual(renamed, [[
      `renamed folder ${folder}/srv/album, now ${folder}/srv/pictures, is stored again`,
      5001,
    ]]);
    const text = (await build(folder, ...args)).stdout;
    assert.match(text, /largest: .*srv\/pictures\/a: 4\.88 KiB/);
    assert.deepEqual(readdirSync(folder).sort(), ["full.img", "full.img.sha512", "srv"]);
  });
});

Deno.test("a base without --base is none, and flags that do not fit are refused", async () => {
  await withFull(async (folder) => {
    for (
      const [args, message] of [
        [["--unchanged-by", "content"], /cannot use --unchanged-by without --base/],
        [["--base", "full.img", "--recipe", "e2fsprogs"], /cannot use --base with the recipe e2fs/],
        [["--base", "full.img", "--without-record"], /cannot use --base with --without-record/],
        [["--base", ""], /cannot use the argument behind --base: it is empty/],
      ] as const
    ) {
      const { code, stderr } = await build(folder, "-o", "next.img", ...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
    const over = await build(folder, "-o", "./full.img", "--force", "--base", "full.img");
    assert.equal(over.code, 2, over.stderr);
    assert.match(over.stderr, /it is what the image is to be built on.*\(-o\)/);
    const missing = await build(folder, "-o", "next.img", "--base", "gone.img");
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /gone\.img/);
    assert.deepEqual(readdirSync(folder).sort(), ["full.img", "full.img.sha512", "srv"]);
  });
});

Deno.test("images below the base are looked for where --base says", async () => {
  await withFull(async (folder) => {
    writeFileSync(`${folder}/srv/d`, "d");
    await icecoreOutput(
      ["build", "srv", "-o", "mid.img", "--base", "full.img", "--quiet"],
      folder,
    );
    mkdirSync(`${folder}/old`);
    renameSync(`${folder}/full.img`, `${folder}/old/full.img`);
    const alone = await build(folder, "-o", "top.img", "--base", "mid.img");
    assert.equal(alone.code, 1);
    assert.match(alone.stderr, /full\.img.*--base/s);
    const both = await build(folder, "-o", "top.img", "--base", "mid.img", "--base", "old");
    assert.equal(both.code, 0, both.stderr);
  });
});

Deno.test("the step is put in by its name as well, and by a recipe file", async () => {
  await withFull(async (folder) => {
    const used = await build(
      folder,
      ...["-o", "used.img", "--use", "since", "--set", "since.base=full.img"],
    );
    assert.equal(used.code, 0, used.stderr);
    writeFileSync(
      `${folder}/nightly.json`,
      JSON.stringify({ use: [{ step: "since", options: { base: "full.img" } }] }),
    );
    const listed = await build(folder, "-o", "listed.img", "--recipe", "nightly.json");
    assert.equal(listed.code, 0, listed.stderr);
    assert.deepEqual(readFileSync(`${folder}/used.img`), readFileSync(`${folder}/listed.img`));
  });
});

testWith(
  { programs: ["mknod"], root: true },
  "a device 0/0 is exit code 3, and named",
  () =>
    withFull(async (folder) => {
      output("mknod", [`${folder}/srv/zero`, "c", "0", "0"]);
      const { code, stderr } = await build(folder, "-o", "next.img", "--base", "full.img");
      assert.equal(code, 3);
      assert.match(
        stderr,
        /unsupported: .*srv\/zero: a character device 0\/0 is the mark for a name/,
      );
    }),
);

Deno.test("what kill -9 leaves of a layer is cleaned, and the base stays", async () => {
  await withFull(async (folder) => {
    const before = readFileSync(`${folder}/full.img`);
    writeFileSync(`${folder}/srv/large`, new Uint8Array(80e6));
    const script = 'exec 3>&1; "$@" & child=$!; while [ ! -e next.img.partial ]; do :; done; ' +
      "kill -9 $child; wait $child";
    const { icecoreArgv } = await import("../support/programs/icecore_command.ts");
    const argv = icecoreArgv(["build", "srv", "-o", "next.img", "--base", "full.img", "--quiet"]);
    await new Deno.Command("bash", { args: ["-c", script, "sh", ...argv], cwd: folder }).output();
    assert.ok(readdirSync(folder).some((name) => name.startsWith("next.img")));
    await icecore(["clean", "."], { cwd: folder });
    assert.deepEqual(readdirSync(folder).sort(), ["full.img", "full.img.sha512", "srv"]);
    assert.deepEqual(readFileSync(`${folder}/full.img`), before);
  });
});
