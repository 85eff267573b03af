import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import {
  expectedByEntries,
  expectedByManifest,
  findWrong,
} from "../../../volumes/set/find_wrong.ts";
import { readManifest } from "../../../volumes/set/manifest.ts";
import { sealSet } from "../../../volumes/set/seal_set.ts";
import { buildAll, planFolder } from "../../support/images/volume_trial.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const never = new AbortController().signal;

Deno.test("missing, extra, altered and swapped volumes are named, nothing else is", async () => {
  await inTemporaryFolder(async (folder) => {
    const to = `${folder}/to`;
    mkdirSync(to);
    mkdirSync(`${folder}/source`);
    for (let i = 0; i < 40; i++) {
      writeFileSync(`${folder}/source/${10 + i}`, new Uint8Array(100_000).fill(i));
    }
    const plan = await planFolder(`${folder}/source`, `${folder}/t.plan`, 1 << 20);
    assert.equal(plan.volumes.length, 4);
    const unsealed = await sealSet(plan, to);
    assert.equal(!unsealed.isSealed && unsealed.missing.length, 4);
    await buildAll(`${folder}/t.plan`, to);
    const sealed = await sealSet(plan, to);
    assert.ok(sealed.isSealed);
    const manifest = (await readManifest(sealed.path))!;

    const wrongIn = async (expected = expectedByManifest(manifest, plan)) => {
      const found: string[] = [];
      for await (const { kind, file } of findWrong(to, expected, never)) {
        found.push(`${kind} ${file}`);
      }
      return found;
    };
    const image = (index: number) => `${to}/t-000${index}.img`;
    assert.deepEqual(await wrongIn(), []);
    assert.deepEqual(await wrongIn(expectedByEntries(plan, to)), []);

    copyFileSync(image(1), `${to}/t-0009.img`);
    copyFileSync(image(1), `${to}/other.img`);
    assert.deepEqual(await wrongIn(), ["extra t-0009.img"]);
    rmSync(`${to}/t-0009.img`);

    // Also where the entries and side files were swapped with them.
    const ends = ["", ".sha512", ".volume.json"];
    const swap = (count: number) => {
      for (const end of ends.slice(0, count)) {
        renameSync(image(1) + end, `${to}/x`);
        renameSync(image(2) + end, image(1) + end);
        renameSync(`${to}/x`, image(2) + end);
      }
    };
    swap(1);
    assert.deepEqual(await wrongIn(), ["swapped t-0001.img", "swapped t-0002.img"]);
    swap(1);
    swap(3);
    const both = await wrongIn();
    assert.deepEqual(both.filter((each) => each.startsWith("swapped")), [
      "swapped t-0001.img",
      "swapped t-0002.img",
    ]);
    assert.equal(both.length, 6);
    swap(3);
    assert.deepEqual(await wrongIn(), []);

    const sound = readFileSync(image(3));
    rmSync(image(3));
    assert.deepEqual(await wrongIn(), ["missing t-0003.img"]);
    writeFileSync(image(3), sound);
    truncateSync(image(3), sound.length - 4096);
    assert.match((await wrongIn()).join(), /^altered t-0003.img$/);
    // The last byte of the record, which binds all that it says.
    const altered = Uint8Array.from(sound);
    const end = altered.findLastIndex((byte) => byte !== 0);
    altered[end]! ^= 1;
    writeFileSync(image(3), altered);
    assert.deepEqual(await wrongIn(), ["altered t-0003.img"]);
    writeFileSync(image(3), new Uint8Array(sound.length));
    assert.deepEqual(await wrongIn(), ["altered t-0003.img"]);
    writeFileSync(image(3), sound);

    writeFileSync(`${image(0)}.sha512`, "0".repeat(128) + "  t-0000.img\n");
    assert.deepEqual(await wrongIn(), ["altered t-0000.img.sha512"]);
    rmSync(`${image(0)}.sha512`);
    assert.deepEqual(await wrongIn(), ["missing t-0000.img.sha512"]);
    rmSync(`${image(0)}.volume.json`);
    assert.deepEqual((await wrongIn(expectedByEntries(plan, to)))[0], "missing t-0000.img");

    const text = readFileSync(sealed.path, "utf8");
    writeFileSync(sealed.path, text.replace(/"sizeBytes":\d/, '"sizeBytes":9'));
    await assert.rejects(readManifest(sealed.path), { code: "bad-manifest" });
  });
});
