import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { pipeline, recipes } from "../../../mod.ts";
import notify from "../../../plugins/notify.ts";
import split from "../../../plugins/split.ts";
import zstd from "../../../plugins/zstd.ts";
import { buildVolume } from "../../../volumes/build/build_volume.ts";
import { readEntry } from "../../../volumes/set/entry.ts";
import { planFolder } from "../../support/images/volume_trial.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("a volume that is there counts only if it was built by what is asked for", async () => {
  await inTemporaryFolder(async (folder) => {
    const [source, to] = [`${folder}/source`, `${folder}/to`];
    for (const each of [source, to]) mkdirSync(each);
    writeFileSync(`${source}/a`, new Uint8Array(100_000));
    await planFolder(source, `${folder}/t.plan`, 1 << 20);
    const { signal } = new AbortController();
    const native = pipeline(recipes.native);
    const build = (how = native, force = false) =>
      buildVolume(`${folder}/t.plan`, 0, { to, pipeline: how, force, signal, emit: () => {} });
    const refused = (how: typeof native, why: RegExp) =>
      assert.rejects(build(how), { code: "built-otherwise", message: why });
    await build();
    const packed = native.use(split, { size: "50000" });
    await refused(packed, /it is there already, and was built without split\. Ask for/);
    await refused(
      native.with("hash", { algorithm: "sha256" }),
      /sha512 as hash\.algorithm, not sha256/,
    );
    await refused(native.with("pack", { blockSize: "4096" }), /auto as pack\.blockSize, not 4096/);
    // What goes without saying, what only checks or reports, and what was more, is no difference.
    const same = [
      native.with("hash", { algorithm: "sha512" }),
      native.without("fsck"),
      native.use(notify, { url: "http://127.0.0.1:1/" }),
    ];
    for (const how of same) assert.equal((await build(how)).state, "present");
    assert.equal((await build(packed, true)).state, "built");
    assert.equal((await build()).state, "present");
    assert.equal((await build(packed)).state, "present");
    await refused(native.use(split, { size: "60000" }), /50000 as split\.size, not 60000/);
    await refused(native.use(zstd), /without zstd/);
    const steps = readEntry(to, { name: "t-0000" })!.steps.map(({ name }) => name);
    assert.deepEqual(steps, ["pack", "hash", "split"]);
  });
});
