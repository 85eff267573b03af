import assert from "node:assert/strict";
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { openImage } from "../../../image/open_image.ts";
import { buildAll, buildOne, planFolder } from "../../support/images/volume_trial.ts";
import { withDisk } from "../../support/mounts/mounted_disk.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const MiB = 1 << 20;

/** A folder of three volumes. */
async function planned(folder: string): Promise<void> {
  for (const name of ["a", "b", "c"]) {
    mkdirSync(`${folder}/source/${name}`, { recursive: true });
    for (let i = 0; i < 20; i++) {
      writeFileSync(`${folder}/source/${name}/${i}`, new Uint8Array(40_000).fill(i));
    }
  }
  linkSync(`${folder}/source/a/1`, `${folder}/source/c/linked`);
  mkdirSync(`${folder}/to`);
  const plan = await planFolder(`${folder}/source`, `${folder}/t.plan`, MiB);
  assert.deepEqual(plan.volumes.map(({ range }) => range!.from), ["", "b", "c"]);
}

async function namesIn(image: string): Promise<string[]> {
  await using opened = await openImage(image);
  const names: string[] = [];
  for await (const { pathText } of opened.walk()) names.push(pathText);
  return names;
}

Deno.test("names that are new since the plan are stored once, those that are gone are named", async () => {
  await inTemporaryFolder(async (folder) => {
    await planned(folder);
    const source = `${folder}/source`;
    writeFileSync(`${source}/b/new`, "new");
    // Between two volumes, before the first, and behind the last.
    for (const name of ["0", "a~", "z"]) mkdirSync(`${source}/${name}/in`, { recursive: true });
    rmSync(`${source}/b/5`);
    rmSync(`${source}/c/linked`);
    rmSync(`${source}/c/3`);
    mkdirSync(`${source}/c/3`);
    const entries = (await buildAll(`${folder}/t.plan`, `${folder}/to`)).map(({ entry }) => entry);
    assert.deepEqual(entries.map(({ changes }) => changes), [
      { countNew: 4, countGone: 1 },
      { countNew: 1, countGone: 1 },
      { countNew: 2, countGone: 0 },
    ]);
    assert.deepEqual(entries.map(({ state }) => state), ["lossy", "lossy", "complete"]);
    const gone = entries.flatMap(({ problems }) => problems);
    assert.deepEqual(gone.map(({ kind, path }) => `${kind} ${path}`), [
      "vanished c/linked",
      "vanished b/5",
    ]);
    const all = [];
    for (const { file } of entries) all.push(...await namesIn(`${folder}/to/${file}`));
    for (const name of ["b/new", "0/in", "a~/in", "z/in"]) {
      assert.equal(all.filter((each) => each === name).length, 1, name);
    }
  });
});

Deno.test("without the list of names, those that are gone are counted", async () => {
  await inTemporaryFolder(async (folder) => {
    await planned(folder);
    rmSync(`${folder}/t.plan.names`);
    rmSync(`${folder}/source/b/5`);
    rmSync(`${folder}/source/b/6`);
    const entries = (await buildAll(`${folder}/t.plan`, `${folder}/to`)).map(({ entry }) => entry);
    assert.deepEqual(entries.map(({ changes }) => changes.countGone), [0, 2, 0]);
    assert.match(entries[1]!.problems[0]!.reason, /at least 2 names/);
  });
});

Deno.test("a folder that became a file is stored once, what was in it is named", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/to`);
    mkdirSync(`${folder}/source/big`, { recursive: true });
    for (let i = 0; i < 60; i++) {
      writeFileSync(`${folder}/source/big/${10 + i}`, new Uint8Array(40_000));
    }
    const plan = await planFolder(`${folder}/source`, `${folder}/t.plan`, MiB);
    assert.deepEqual(plan.volumes.map(({ range }) => range!.from), ["", "big/35", "big/60"]);
    rmSync(`${folder}/source/big`, { recursive: true });
    writeFileSync(`${folder}/source/big`, "a file now");
    const built = await buildAll(`${folder}/t.plan`, `${folder}/to`);
    assert.deepEqual(built.map(({ entry }) => entry.changes.countGone), [25, 25, 10]);
    const names = [];
    for (const { entry } of built) names.push(await namesIn(`${folder}/to/${entry.file}`));
    assert.deepEqual(names.map((each) => each.includes("big")), [true, false, false]);
  });
});

Deno.test("what is there is not built again; what is not what was built is refused", async () => {
  await inTemporaryFolder(async (folder) => {
    await planned(folder);
    const [plan, to] = [`${folder}/t.plan`, `${folder}/to`];
    assert.equal((await buildOne(plan, 1, to)).state, "built");
    const files = readdirSync(to).sort();
    assert.deepEqual(files, ["t-0001.img", "t-0001.img.sha512", "t-0001.img.volume.json"]);
    rmSync(`${folder}/source/b`, { recursive: true });
    assert.equal((await buildOne(plan, 1, to)).state, "present");
    const image = readFileSync(`${to}/t-0001.img`);
    writeFileSync(`${to}/t-0001.img`, image.subarray(0, -1));
    await assert.rejects(buildOne(plan, 1, to), { code: "verification-failed" });
    rmSync(`${to}/t-0001.img.volume.json`);
    await assert.rejects(buildOne(plan, 1, to), { code: "volume-exists" });
    rmSync(`${to}/t-0001.img`);
    await assert.rejects(buildOne(plan, 3, to), { code: "no-such-volume" });
    await assert.rejects(buildOne(`${plan}.names`, 1, to), { code: "bad-plan" });
  });
});

Deno.test("an image that was lost is built again, whatever lies beside it", async () => {
  await inTemporaryFolder(async (folder) => {
    await planned(folder);
    const [plan, to] = [`${folder}/t.plan`, `${folder}/to`];
    const first = await buildOne(plan, 0, to);
    rmSync(`${to}/t-0000.img`);
    const second = await buildOne(plan, 0, to);
    assert.deepEqual([second.state, second.entry.digests], ["built", first.entry.digests]);
  });
});

testWith(
  { root: true, programs: ["mount"] },
  "a target that is full leaves nothing of the volume; with room, it is built",
  async () => {
    await inTemporaryFolder(async (folder) => {
      await planned(folder);
      await withDisk(`${folder}/disk`, "size=1m", async () => {
        const [plan, to] = [`${folder}/t.plan`, `${folder}/disk`];
        assert.equal((await buildOne(plan, 0, to)).state, "built");
        const files = readdirSync(to);
        await assert.rejects(buildOne(plan, 1, to), /room|full/);
        assert.deepEqual(readdirSync(to), files);
        for (const file of files) rmSync(`${to}/${file}`);
        assert.equal((await buildOne(plan, 1, to)).state, "built");
      });
    });
  },
);
