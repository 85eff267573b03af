import assert from "node:assert/strict";
import fc from "fast-check";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import {
  buildAll,
  extractAll,
  imagesOf,
  movedIn,
  planFolder,
} from "../../support/images/volume_trial.ts";
import { appearanceOf, STACK, withStack } from "../../support/mounts/mounted_stack.ts";
import { assertE2fsckClean } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const MiB = 1 << 20;

/** What a random tree has at a path. */
interface Made {
  readonly path: readonly string[];
  readonly kind: "file" | "link" | "hard" | "folder" | "sparse";
  readonly size: number;
  readonly pick: number;
}

const names = fc.constantFrom("a", "a-b", "a.b", "a b", "b", "B", "ä", "z%", "\n", "\\n", "-x");
const made: fc.Arbitrary<Made> = fc.record({
  path: fc.array(names, { minLength: 1, maxLength: 4 }),
  kind: fc.constantFrom("file", "file", "link", "hard", "hard", "folder", "sparse"),
  size: fc.oneof(fc.nat(2000), fc.nat(400_000), fc.constant(1_300_000)),
  pick: fc.nat(1000),
});

/** Makes what can be made; a file where a folder is to be is left alone. */
function makeTree(root: string, all: readonly Made[]): void {
  const files: string[] = [];
  const folders: string[] = [];
  mkdirSync(root);
  for (const [index, { path, kind, size, pick }] of all.entries()) {
    const at = join(root, ...path);
    try {
      mkdirSync(dirname(at), { recursive: true });
      if (kind === "folder") mkdirSync(at, { recursive: true });
      else if (kind === "link") symlinkSync(`to ${pick}`, at);
      else if (kind === "hard" && files.length > 0) {
        linkSync(files[pick % files.length]!, at);
      } else {
        writeFileSync(
          at,
          new Uint8Array(kind === "sparse" ? 5000 : size).fill(index),
          {
            flag: "wx",
          },
        );
        if (kind === "sparse") truncateSync(at, 9_000_000);
        files.push(at);
        chmodSync(at, 0o600 | pick % 0o100);
      }
      folders.push(dirname(at));
    } catch (error) {
      assert.match((error as { code: string }).code, /^(EEXIST|ENOTDIR)$/);
    }
  }
  for (const [index, folder] of folders.toReversed().entries()) {
    chownSync(folder, index % 7, index % 5);
    chmodSync(folder, 0o700 | index % 0o77);
    utimesSync(folder, 1e9 + index, 1.1e9 + index + 0.5);
  }
  utimesSync(root, 1e9, 1.2e9);
}

/** A folder that was there before keeps its own metadata when something is extracted into it. */
const withoutTop = (folder: string) => appearanceOf(folder).slice(1);

testWith(
  { ...STACK, root: true },
  "any tree is the union of its volumes, extracted over one another or mounted, links whole",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(made, { minLength: 10, maxLength: 60 }),
        async (all) => {
          await inTemporaryFolder(async (folder) => {
            makeTree(`${folder}/source`, all);
            mkdirSync(`${folder}/to`);
            const plan = await planFolder(`${folder}/source`, `${folder}/t.plan`, MiB);
            const built = await buildAll(`${folder}/t.plan`, `${folder}/to`);
            for (const { entry } of built) {
              assert.deepEqual(
                [entry.state, entry.changes],
                ["complete", { countNew: 0, countGone: 0 }],
              );
            }
            const expected = appearanceOf(`${folder}/source`);
            await extractAll(plan, `${folder}/to`, `${folder}/extracted`);
            assert.deepEqual(withoutTop(`${folder}/extracted`), expected.slice(1));
            const images = imagesOf(plan, `${folder}/to`);
            if (images.length === 1) return;
            const shown = await withStack(images, folder, (merged) => appearanceOf(merged));
            assert.deepEqual(shown, expected);
          });
        },
      ),
      { numRuns: 5 },
    );
  },
);

testWith(
  { ...STACK, root: true },
  "a tree of 3,000 files becomes 12 volumes; each is clean, and together they are the tree",
  async () => {
    await inTemporaryFolder(async (folder) => {
      const source = `${folder}/source`;
      for (let i = 0; i < 3000; i++) {
        const at = `${source}/${i % 7}/${i % 5}/${i % 11}`;
        mkdirSync(at, { recursive: true });
        // One above the target, and some names that lie far from each other.
        const size = i === 1000 ? 1.5 * MiB : i % 4000;
        if (i % 10 === 9) {
          linkSync(
            `${source}/${(i - 9) % 7}/${(i - 9) % 5}/${(i - 9) % 11}/${i - 9}`,
            `${at}/${i}`,
          );
        } else writeFileSync(`${at}/${i}`, new Uint8Array(size).fill(i));
      }
      mkdirSync(`${folder}/to`);
      const plan = await planFolder(source, `${folder}/t.plan`, Math.round(1.32 * MiB));
      assert.equal(plan.volumes.length, 12);
      // The first of its two names.
      assert.equal(plan.volumes.at(-1)!.only, "1/4/8/1009");
      const moved = await movedIn(`${folder}/t.plan`);
      assert.ok(
        moved.some(({ why }) => why === "link") &&
          moved.some(({ why }) => why === "large"),
      );
      for (const { entry } of await buildAll(`${folder}/t.plan`, `${folder}/to`)) {
        assert.equal(entry.state, "complete");
        assert.ok(entry.sizeBytes < 1.8 * MiB, `${entry.sizeBytes}`);
      }
      const images = imagesOf(plan, `${folder}/to`);
      for (const image of images) assertE2fsckClean(image);
      const expected = appearanceOf(source);
      assert.deepEqual(await withStack(images, folder, (it) => appearanceOf(it)), expected);
      await extractAll(plan, `${folder}/to`, `${folder}/extracted`);
      assert.deepEqual(withoutTop(`${folder}/extracted`), expected.slice(1));
    });
  },
);
