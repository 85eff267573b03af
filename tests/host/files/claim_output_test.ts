import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { claimOutput } from "../../../host/files/claim_output.ts";
import { partialsOf } from "../../../host/files/claim_partial.ts";
import { removePartials } from "../../../host/leftovers/leftovers.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("a claimed output appears under its name when it is published, side files with it", async () => {
  await inTemporaryFolder(async (folder) => {
    const output = claimOutput(`${folder}/x.img`, false);
    assert.equal(output.path, `${folder}/x.img.partial`);
    writeFileSync(output.path, "image");
    const side = {
      path: `${folder}/x.img.sha512.partial`,
      finalPath: `${folder}/x.img.sha512`,
    };
    writeFileSync(side.path, "side");
    assert.equal(existsSync(`${folder}/x.img`), false);
    await output.publish([side], true);
    output.settle();
    assert.deepEqual(readdirSync(folder).sort(), ["x.img", "x.img.sha512"]);
    assert.equal(readFileSync(`${folder}/x.img`, "utf8"), "image");
  });
});

Deno.test("a discarded output leaves nothing, not even what no step has handed on", async () => {
  await inTemporaryFolder((folder) => {
    const output = claimOutput(`${folder}/x.img`, false);
    for (const path of partialsOf(output.path)) writeFileSync(path, "begun");
    output.discard([], false);
    assert.deepEqual(readdirSync(folder), []);
  });
});

Deno.test("a kept output keeps the image alone, and the next claim empties it", async () => {
  await inTemporaryFolder((folder) => {
    const output = claimOutput(`${folder}/x.img`, false);
    for (const path of partialsOf(output.path)) writeFileSync(path, "begun");
    output.discard([], true);
    assert.deepEqual(readdirSync(folder), ["x.img.partial"]);
    const next = claimOutput(`${folder}/x.img`, false);
    assert.equal(lstatSync(next.path).size, 0);
    next.discard([], false);
  });
});

Deno.test("an output that appears while it is being built is not replaced", async () => {
  await inTemporaryFolder(async (folder) => {
    const output = claimOutput(`${folder}/x.img`, false);
    writeFileSync(`${folder}/x.img`, "precious");
    await assert.rejects(output.publish([], true), { code: "output-exists" });
    output.discard([], false);
    assert.equal(readFileSync(`${folder}/x.img`, "utf8"), "precious");
  });
});

Deno.test("an output is claimed once, whichever path leads to it, and freed when it is done", async () => {
  await inTemporaryFolder((folder) => {
    mkdirSync(`${folder}/real`);
    symlinkSync("real", `${folder}/link`);
    const output = claimOutput(`${folder}/link/x.img`, false);
    assert.equal(output.path, `${folder}/real/x.img.partial`);
    for (const path of [`${folder}/real/x.img`, `${folder}/link/x.img`]) {
      assert.throws(() => claimOutput(path, false), { code: "output-busy" });
    }
    output.discard([], false);
    claimOutput(`${folder}/real/x.img`, false).discard([], false);
  });
});

Deno.test("with force a symbolic link is replaced, and what it leads to is left alone", async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(`${folder}/precious`, "precious");
    symlinkSync("precious", `${folder}/x.img`);
    const output = claimOutput(`${folder}/x.img`, true);
    await output.publish([], true);
    output.settle();
    assert.ok(lstatSync(`${folder}/x.img`).isFile());
    assert.equal(readFileSync(`${folder}/precious`, "utf8"), "precious");
  });
});

Deno.test("partials of an image that another build has claimed are left alone", async () => {
  await inTemporaryFolder((folder) => {
    const output = claimOutput(`${folder}/x.img`, false);
    writeFileSync(`${folder}/x.img.sha512.partial`, "theirs");
    assert.deepEqual(removePartials(output.path), []);
    assert.ok(existsSync(output.path));
    output.discard([], false);
  });
});

Deno.test("a partial image named like another's side file is that other's business", async () => {
  await inTemporaryFolder((folder) => {
    const other = claimOutput(`${folder}/x.img.sha512`, false);
    assert.deepEqual(removePartials(`${folder}/x.img.partial`), []);
    assert.ok(existsSync(other.path));
    other.discard([], false);
  });
});

Deno.test("what would be in a side file's way is reported before anything is written", async () => {
  await inTemporaryFolder((folder) => {
    mkdirSync(`${folder}/x.img.sha512.partial`);
    symlinkSync("elsewhere", `${folder}/y.img.sha512.partial`);
    for (const name of ["x.img", "y.img"]) {
      assert.throws(() => claimOutput(`${folder}/${name}`, true), {
        code: "not-writable",
        message:
          /\.img\.sha512\.partial is in the way, and is not a regular file/,
      });
    }
    assert.deepEqual(readdirSync(folder).sort(), [
      "x.img.sha512.partial",
      "y.img.sha512.partial",
    ]);
  });
});
