import assert from "node:assert/strict";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { movedIn, planFolder } from "../../support/images/volume_trial.ts";
import { withDisk } from "../../support/mounts/mounted_disk.ts";
import { requires } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const MiB = 1 << 20;
const KiB = 1 << 10;

function fill(folder: string, count: number, sizeBytes: number): void {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) {
    writeFileSync(`${folder}/${String(i).padStart(3, "0")}`, new Uint8Array(sizeBytes));
  }
}

Deno.test("the same tree gives the same plan, byte for byte", async () => {
  await inTemporaryFolder(async (folder) => {
    fill(`${folder}/source/a`, 40, 50 * KiB);
    fill(`${folder}/source/b`, 40, 50 * KiB);
    await planFolder(`${folder}/source`, `${folder}/t.plan`, MiB);
    const [plan, names] = ["", ".names"].map((end) => readFileSync(`${folder}/t.plan${end}`));
    await planFolder(`${folder}/source`, `${folder}/t.plan`, MiB, { force: true });
    assert.deepEqual(readFileSync(`${folder}/t.plan`), plan);
    assert.deepEqual(readFileSync(`${folder}/t.plan.names`), names);
    assert.deepEqual(readdirSync(folder).sort(), ["source", "t.plan", "t.plan.names"]);
  });
});

Deno.test("cuts run along folders; a folder above the target is cut between its names", async () => {
  await inTemporaryFolder(async (folder) => {
    for (const name of ["a", "b", "c", "d"]) fill(`${folder}/source/${name}`, 10, 40 * KiB);
    fill(`${folder}/source/e`, 60, 40 * KiB);
    const { volumes } = await planFolder(`${folder}/source`, `${folder}/t.plan`, MiB);
    const starts = volumes.map(({ range }) => range!.from);
    assert.deepEqual(starts, ["", "c", "e", "e/025", "e/050"]);
    assert.deepEqual(volumes.map(({ range }) => range!.to), [...starts.slice(1), undefined]);
  });
});

Deno.test("what a cut along folders leaves behind it fits together with what comes next", async () => {
  await inTemporaryFolder(async (folder) => {
    fill(`${folder}/source/a`, 11, 50 * KiB);
    fill(`${folder}/source/b/x`, 8, 45 * KiB);
    writeFileSync(`${folder}/source/b/x/large`, new Uint8Array(930 * KiB));
    const { volumes } = await planFolder(`${folder}/source`, `${folder}/t.plan`, MiB);
    assert.deepEqual(volumes.map(({ range }) => range!.from), ["", "b", "b/x/large"]);
    for (const { sizeBytes } of volumes) assert.ok(sizeBytes <= MiB, `${sizeBytes}`);
  });
});

Deno.test("a large file has a volume of its own, and does not part what lies around it", async () => {
  await inTemporaryFolder(async (folder) => {
    fill(`${folder}/source`, 10, 40 * KiB);
    writeFileSync(`${folder}/source/0050`, new Uint8Array(2 * MiB));
    // Holes take no room.
    writeFileSync(`${folder}/source/0051`, "x");
    truncateSync(`${folder}/source/0051`, 1e12);
    const { volumes } = await planFolder(`${folder}/source`, `${folder}/t.plan`, MiB);
    assert.deepEqual(volumes.map(({ range, only }) => only ?? range!.from), ["", "0050"]);
    assert.deepEqual(volumes.map(({ countNames }) => countNames), [12, 1]);
    assert.deepEqual((await movedIn(`${folder}/t.plan`)).map(({ why }) => why), ["large"]);
  });
});

Deno.test("names of one file lie in the volume of the first, and count once", async () => {
  await inTemporaryFolder(async (folder) => {
    const source = `${folder}/source`;
    fill(`${source}/1`, 20, 40 * KiB);
    mkdirSync(`${source}/2`);
    for (let i = 0; i < 20; i++) {
      linkSync(`${source}/1/${String(i).padStart(3, "0")}`, `${source}/2/again-${i}`);
    }
    fill(`${source}/3`, 20, 40 * KiB);
    mkdirSync(`${source}/4`);
    linkSync(`${source}/3/019`, `${source}/4/%`);
    const { volumes } = await planFolder(source, `${folder}/t.plan`, MiB);
    // As if 2 were empty: the first two fit into one volume.
    assert.deepEqual(volumes.map(({ countFiles }) => countFiles), [20, 20]);
    linkSync(`${source}/1/000`, `${source}/4/far`);
    await planFolder(source, `${folder}/t.plan`, MiB, { force: true });
    const moved = await movedIn(`${folder}/t.plan`);
    assert.deepEqual(moved, [
      { type: "moved", folder: "4", names: ["far"], from: 1, to: 0, why: "link" },
    ]);
  });
});

Deno.test("a dry run writes nothing; excludes and labels are kept in the plan", async () => {
  await inTemporaryFolder(async (folder) => {
    fill(`${folder}/source`, 10, 400 * KiB);
    const dry = await planFolder(`${folder}/source`, `${folder}/t.plan`, MiB, { dryRun: true });
    assert.ok(!existsSync(`${folder}/t.plan`));
    const options = { exclude: ["00[0-4]"], oneFileSystem: true, times: "all" as const };
    const plan = await planFolder(`${folder}/source`, `${folder}/t.plan`, MiB, {
      host: "web1",
      options,
    });
    assert.ok(plan.volumes.length < dry.volumes.length);
    assert.deepEqual(plan.header.options, options);
    assert.deepEqual(plan.header.sources, [{
      host: "web1",
      path: `${folder}/source/.`,
      name: "",
    }]);
    assert.ok(plan.volumes.every(({ host }) => host === "web1"));
    const again = planFolder(`${folder}/source`, `${folder}/t.plan`, MiB);
    await assert.rejects(again, { code: "output-exists" });
    await assert.rejects(planFolder(`${folder}/source`, `${folder}/u.plan`, 1000), {
      code: "bad-size",
    });
    await assert.rejects(planFolder(`${folder}/source`, `${folder}/.plan`, MiB), {
      code: "no-name",
    });
    await assert.rejects(planFolder(`${folder}/source`, `${folder}/u.plan`, MiB, { host: "a b" }), {
      code: "bad-label",
    });
    assert.deepEqual(readdirSync(folder).sort(), ["source", "t.plan", "t.plan.names"]);
  });
});

const disk = requires({ root: true, programs: ["mount"] });
Deno.test({
  name: `a disk that is full leaves no plan${disk.suffix}`,
  ignore: disk.ignore,
  fn: () =>
    inTemporaryFolder(async (folder) => {
      fill(`${folder}/source`, 3000, 0);
      await withDisk(`${folder}/disk`, "size=64k", async () => {
        const plan = planFolder(`${folder}/source`, `${folder}/disk/t.plan`, MiB);
        await assert.rejects(plan, { code: "disk-full" });
        assert.deepEqual(readdirSync(`${folder}/disk`), []);
      });
      rmSync(`${folder}/source`, { recursive: true });
    }),
});
