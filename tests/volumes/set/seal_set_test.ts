import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { parseEntry } from "../../../volumes/set/entry.ts";
import { LinesWriter } from "../../../volumes/plan/lines.ts";
import { expectedByManifest } from "../../../volumes/set/find_wrong.ts";
import { readManifest } from "../../../volumes/set/manifest.ts";
import { sealSet } from "../../../volumes/set/seal_set.ts";
import { buildAll, planFolder } from "../../support/images/volume_trial.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("of many that seal a set at once, one writes the manifest, and the others find it", async () => {
  await inTemporaryFolder(async (folder) => {
    const [source, to] = [`${folder}/source`, `${folder}/to`];
    for (const each of [source, to]) mkdirSync(each);
    for (let i = 0; i < 4; i++) writeFileSync(`${source}/${i}`, new Uint8Array(600_000).fill(i));
    const plan = await planFolder(source, `${folder}/t.plan`, 1 << 20);
    const missing = await sealSet(plan, to);
    assert.ok(!missing.isSealed && missing.missing.length === plan.volumes.length);
    await buildAll(`${folder}/t.plan`, to);
    const sealed = await Promise.all(Array.from({ length: 8 }, () => sealSet(plan, to)));
    const path = `${to}/t.volumes`;
    const { digest } = (await readManifest(path))!;
    for (const each of sealed) assert.ok(each.isSealed && each.digest === digest);
    assert.equal(sealed.filter((each) => each.isSealed && each.isNew).length, 1);
    assert.deepEqual(readdirSync(to).filter((name) => name.endsWith(".partial")), []);

    // What somebody else has left is replaced, whatever it is, and what is right is left alone.
    const { ino } = statSync(path);
    await sealSet(plan, to);
    assert.equal(statSync(path).ino, ino);
    writeFileSync(`${path}.partial`, "of one that was killed");
    for (
      const wrong of ["", "{}\n", readFileSync(path, "utf8").replace(/"version":1/, '"version":9')]
    ) {
      writeFileSync(path, wrong);
      await sealSet(plan, to);
      assert.equal((await readManifest(path))!.digest, digest);
    }
  });
});

Deno.test("an entry or a manifest with wrong fields is refused: its names become paths", async () => {
  await inTemporaryFolder(async (folder) => {
    const [source, to] = [`${folder}/source`, `${folder}/to`];
    for (const each of [source, to]) mkdirSync(each);
    writeFileSync(`${source}/a`, "a");
    const plan = await planFolder(source, `${folder}/t.plan`, 1 << 20);
    const [{ entry } = assert.fail()] = await buildAll(`${folder}/t.plan`, to);
    const refused = (fields: object, what: RegExp) =>
      assert.throws(() => parseEntry(JSON.stringify({ ...entry, ...fields }), "x"), {
        code: "bad-entry",
        message: what,
      });
    parseEntry(JSON.stringify(entry), "x");
    refused({ file: "../../etc/passwd" }, /"file"/);
    refused({ base: "../b.img" }, /"base"/);
    refused({ digests: { "../x": "00" } }, /"digests"/);
    refused({ digests: { sha512: 7 } }, /"digests"/);
    refused({ steps: [null] }, /"steps"/);
    refused({ payload: { name: "a/b", sizeBytes: 1, digests: {} } }, /"payload"/);
    refused({ problems: {} }, /"problems"/);
    refused({ version: 2 }, /version 2, and this icecore knows 1/);
    for (const field of Object.keys(entry)) {
      for (const strange of [null, -1, "\ud800/", [], {}, 2 ** 60]) {
        try {
          parseEntry(JSON.stringify({ ...entry, [field]: strange }), "x");
        } catch (error) {
          assert.equal((error as { code?: string }).code, "bad-entry", String(error));
        }
      }
    }
    // Under another volume's name, and in a manifest.
    const path = `${to}/t-0000.img.volume.json`;
    writeFileSync(path, JSON.stringify({ ...entry, name: "t-0001", file: "t-0001.img" }));
    await assert.rejects(sealSet(plan, to), { code: "bad-entry", message: /is that of t-0001/ });
    writeFileSync(path, JSON.stringify(entry));
    await sealSet(plan, to);
    const lines = readFileSync(`${to}/t.volumes`, "utf8").trim().split("\n");
    const file = await Deno.open(`${to}/t.volumes`, { write: true, truncate: true });
    const writer = new LinesWriter(file.writable);
    await writer.add(JSON.parse(lines[0]!));
    await writer.add({ ...JSON.parse(lines[1]!), file: "../x.img" });
    await writer.end();
    const bad = { code: "bad-manifest", message: /a volume .* as "file"/ };
    await assert.rejects(readManifest(`${to}/t.volumes`), bad);

    // With a right digest, and a volume less, or twice: the plan says what there is to be.
    const rewritten = async (countVolumes: number, ...volumes: object[]) => {
      const file = await Deno.open(`${to}/t.volumes`, { write: true, truncate: true });
      const writer = new LinesWriter(file.writable);
      await writer.add({ ...JSON.parse(lines[0]!), countVolumes });
      for (const volume of volumes) await writer.add(volume);
      await writer.end();
      return (await readManifest(`${to}/t.volumes`))!;
    };
    const line = JSON.parse(lines[1]!);
    const twice = { code: "bad-manifest", message: /it has a volume twice/ };
    await assert.rejects(rewritten(2, line, line), twice);
    for (
      const manifest of [await rewritten(0), await rewritten(1, { ...line, key: plan.digest })]
    ) {
      const { unbuilt } = expectedByManifest(manifest, plan);
      const said = ["t-0000.img of the plan is not in the manifest"];
      assert.deepEqual(unbuilt.map(({ message }) => message), said);
    }
  });
});
