import assert from "node:assert/strict";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import type { Plan } from "../../../volumes/plan/plan.ts";
import { buildAll, extractAll, imagesOf, planFolder } from "../../support/images/volume_trial.ts";
import { appearanceOf, STACK, withStack } from "../../support/mounts/mounted_stack.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const MiB = 1 << 20;

function fill(folder: string, names: readonly string[], sizeBytes: number): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(`${folder}/${name}`, new Uint8Array(sizeBytes).fill(7));
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${100 + i}`);

/** Changes a tree whose folder `d` lies in two volumes, and plans it again after each change. */
async function afterEach(changes: readonly ((source: string) => void)[]): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const [source, to] = [`${folder}/source`, `${folder}/to`];
    mkdirSync(to);
    fill(`${source}/c`, numbers(15), 40_000);
    fill(`${source}/d`, numbers(21), 40_000);
    fill(`${source}/e`, numbers(2), 40_000);
    const plans: Plan[] = [await planFolder(source, `${folder}/0.plan`, MiB)];
    assert.deepEqual(plans[0]!.volumes.map(({ range }) => range!.from), ["", "d/110"]);
    await buildAll(`${folder}/0.plan`, to);
    for (const [index, change] of changes.entries()) {
      change(source);
      const path = `${folder}/${index + 1}.plan`;
      const plan = await planFolder(source, path, MiB, { since: `${folder}/${index}.plan` });
      plans.push(plan);
      assert.deepEqual(plan.volumes.map(({ range }) => range!.from), ["", "d/110"]);
      for (const { entry } of await buildAll(path, to)) assert.equal(entry.state, "complete");
      const expected = appearanceOf(source);
      const images = imagesOf(plan, to, plans);
      assert.deepEqual(await withStack(images, folder, (it) => appearanceOf(it)), expected);
      const target = `${folder}/extracted-${index}`;
      await extractAll(plan, to, target);
      assert.deepEqual(appearanceOf(target).slice(1), expected.slice(1));
    }
  });
}

testWith(
  { ...STACK, root: true },
  "a folder across a cut that became a file, and later a folder again, hides nothing",
  () =>
    afterEach([
      (source) => {
        rmSync(`${source}/d`, { recursive: true });
        writeFileSync(`${source}/d`, "a file");
      },
      (source) => {
        rmSync(`${source}/d`);
        fill(`${source}/d`, ["101", "102", "120", "121"], 100);
      },
    ]),
);

testWith(
  { ...STACK, root: true },
  "a folder across a cut that is gone is in no volume that is kept",
  () =>
    afterEach([
      (source) => numbers(21).slice(10).forEach((name) => rmSync(`${source}/d/${name}`)),
      (source) => {
        rmSync(`${source}/d`, { recursive: true });
        for (const name of numbers(15)) appendFileSync(`${source}/c/${name}`, "more");
      },
    ]),
);

testWith(
  { ...STACK, root: true },
  "a folder across a cut has the metadata of now, also where a volume with it is kept",
  () =>
    afterEach([
      (source) => {
        chmodSync(`${source}/d`, 0o2711);
        chownSync(`${source}/d`, 5, 6);
        utimesSync(`${source}/d`, 1e9, 1.1e9);
      },
    ]),
);
