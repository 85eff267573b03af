import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { removePartials } from "../../host/leftovers.ts";
import { makeWorkdir, recordedIn } from "../../host/workdir.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

Deno.test("what a build writes down is known at once, each path once, and goes with its folder", async () => {
  await inTemporaryFolder(async (folder) => {
    const workdir = makeWorkdir(`${folder}/x.img.partial`);
    const paths = [`${folder}/x.img.new\nline.partial`, `${folder}/x.img.par2.partial`];
    for (const path of [...paths, ...paths]) workdir.record(path);
    assert.deepEqual(recordedIn(workdir.path), paths);
    writeFileSync(paths[0]!, "begun");
    mkdirSync(paths[1]!);
    writeFileSync(`${paths[1]}/x.img.par2`, "begun");
    await workdir.release();
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(existsSync(workdir.path), false);
  });
});

Deno.test("a link that is there already is in the way: nothing is written where it leads", async () => {
  await inTemporaryFolder(async (folder) => {
    const workdir = makeWorkdir(`${folder}/x.img.partial`);
    symlinkSync("precious", `${folder}/x.img.verity.partial`);
    assert.throws(() => workdir.record(`${folder}/x.img.verity.partial`), {
      code: "not-writable",
      message: /x\.img\.verity\.partial is in the way/,
    });
    await workdir.release();
    assert.deepEqual(readdirSync(folder), ["x.img.verity.partial"]);
  });
});

Deno.test("a folder that is there already is in the way, and stays", async () => {
  await inTemporaryFolder(async (folder) => {
    const workdir = makeWorkdir(`${folder}/x.img.partial`);
    const precious = `${folder}/x.img.zst.partial`;
    mkdirSync(`${precious}/photos`, { recursive: true });
    assert.throws(() => workdir.record(precious), {
      code: "not-writable",
      message: /^cannot write .*x\.img\.zst: .*x\.img\.zst\.partial is in the way, .* Remove it/,
    });
    await workdir.release();
    assert.deepEqual(readdirSync(precious), ["photos"]);
  });
});

Deno.test("a line that was cut short when the build was killed is left out", async () => {
  await inTemporaryFolder(async (folder) => {
    const workdir = makeWorkdir(`${folder}/x.img.partial`);
    workdir.record(`${folder}/x.img.age.partial`);
    appendFileSync(`${workdir.path}/beside.jsonl`, '"/srv/x');
    assert.deepEqual(recordedIn(workdir.path), [`${folder}/x.img.age.partial`]);
    await workdir.release();
  });
});

Deno.test("of what was written down only partial files and folders are removed, no links", async () => {
  await inTemporaryFolder((folder) => {
    const at = (name: string) => `${folder}/${name}`;
    for (const name of ["x.img.age.partial", "precious", "unsaid.partial"]) {
      writeFileSync(at(name), "");
    }
    symlinkSync("precious", at("link.partial"));
    const recorded = ["x.img.age.partial", "precious", "link.partial", "gone.partial"].map(at);
    assert.deepEqual(removePartials(at("x.img.partial"), recorded), [at("x.img.age.partial")]);
    assert.deepEqual(readdirSync(folder).sort(), ["link.partial", "precious", "unsaid.partial"]);
  });
});

Deno.test("a line that a full disk cut short does not hide those behind it", async () => {
  await inTemporaryFolder(async (folder) => {
    const workdir = makeWorkdir(`${folder}/x.img.partial`);
    appendFileSync(`${workdir.path}/beside.jsonl`, '"/srv/x\n');
    workdir.record(`${folder}/x.img.age.partial`);
    assert.deepEqual(recordedIn(workdir.path), [`${folder}/x.img.age.partial`]);
    await workdir.release();
  });
});

Deno.test("a name that is too long for the kernel is refused, and stands in the way of nothing", async () => {
  await inTemporaryFolder(async (folder) => {
    const workdir = makeWorkdir(`${folder}/x.img.partial`);
    const long = `${folder}/${"n".repeat(248)}.partial`;
    assert.throws(() => workdir.record(long), { code: "name-too-long", message: /256 bytes/ });
    assert.deepEqual(recordedIn(workdir.path), []);
    await workdir.release();
    assert.equal(existsSync(workdir.path), false);
    assert.deepEqual(removePartials(`${folder}/x.img.partial`, [long]), []);
  });
});
