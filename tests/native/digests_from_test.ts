import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { verifyImage } from "../../read.ts";
import { icecore, icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { pattern } from "../support/trees/source_folder.ts";

const SIZE = 700_000;

interface Sharing {
  readonly countFiles: number;
  readonly readTwiceBytes: number;
  readonly countKnown: number;
}

/** Four equal files in two folders, two others, and an image of all of them. */
async function withEarlier(
  flags: readonly string[],
  use: (folder: string) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source/deep/er`, { recursive: true });
    for (const name of ["a", "b", "deep/c", "deep/er/d"]) {
      writeFileSync(`${folder}/source/${name}`, pattern(SIZE, 1));
    }
    for (const name of ["deep/e", "f"]) {
      writeFileSync(`${folder}/source/${name}`, pattern(SIZE, 20 + name.length));
    }
    await icecoreOutput(["build", "source", "-o", "old.img", "--quiet", ...flags], folder);
    await use(folder);
  });
}

async function build(folder: string, from = "old.img"): Promise<Sharing> {
  const args = ["build", "source", "-o", "new.img", "--dedupe", "--force", "--json"];
  const { code, stdout, stderr } = await icecore([...args, "--digests-from", from], {
    cwd: folder,
  });
  assert.equal(code, 0, stderr);
  await verifyImage(`${folder}/new.img`, { sources: [`${folder}/source`] });
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!).image.report.sharing;
}

Deno.test("what an earlier image knows is not read to be compared", () =>
  withEarlier(["--times", "all"], async (folder) => {
    const sharing = await build(folder);
    assert.deepEqual(
      [sharing.countKnown, sharing.countFiles, sharing.readTwiceBytes],
      [6, 3, 0],
    );
    const dedupe = ["build", "source", "-o", "alone.img", "--dedupe", "--quiet"];
    await icecoreOutput(dedupe, folder);
    assert.deepEqual(readFileSync(`${folder}/alone.img`), readFileSync(`${folder}/new.img`));
  }));

Deno.test("a file that changed behind its times is read, and shares nothing that it has not", () =>
  withEarlier(["--times", "all"], async (folder) => {
    const changed = `${folder}/source/deep/c`;
    const { mtime } = statSync(changed);
    writeFileSync(changed, pattern(SIZE, 9));
    utimesSync(changed, mtime, mtime);
    renameSync(`${folder}/source/b`, `${folder}/source/renamed`);
    const sharing = await build(folder);
    assert.deepEqual(
      [sharing.countKnown, sharing.countFiles],
      [2, 2],
      "those that may have an equal",
    );
  }));

Deno.test("an image that does not keep change times does not help, and that is said", () =>
  withEarlier([], async (folder) => {
    const sharing = await build(folder);
    assert.deepEqual([sharing.countKnown, sharing.countFiles], [0, 3]);
    const args = ["build", "source", "-o", "x.img", "--dedupe", "--digests-from", "old.img"];
    const { stderr } = await icecore(args, { cwd: folder });
    assert.match(stderr, /no digest is taken from old\.img: it does not keep change times/);
  }));

Deno.test("an image without a record, or none at all, is refused before anything is written", () =>
  withEarlier(["--times", "all", "--without-record"], async (folder) => {
    const args = ["build", "source", "-o", "x.img", "--dedupe", "--digests-from"];
    const without = await icecore([...args, "old.img"], { cwd: folder });
    assert.equal(without.code, 2, without.stderr);
    assert.match(without.stderr, /cannot take digests from old\.img: it holds no record/);
    const missing = await icecore([...args, "missing.img"], { cwd: folder });
    assert.equal(missing.code, 1, missing.stderr);
    assert.match(missing.stderr, /cannot read missing\.img: it does not exist/);
    const alone = await icecore(["build", "source", "--digests-from", "old.img"], { cwd: folder });
    assert.equal(alone.code, 2);
    assert.match(alone.stderr, /cannot use --digests-from without --dedupe/);
  }));

Deno.test("a dry run says how many digests are known", () =>
  withEarlier(["--times", "all"], async (folder) => {
    const args = ["build", "source", "--dedupe", "--digests-from", "old.img", "--dry-run"];
    const { code, stdout } = await icecore(args, { cwd: folder });
    assert.equal(code, 0);
    assert.match(stdout, /digests that are known: 6\n/);
    assert.match(stdout, /read twice for it: 0 B/);
  }));
