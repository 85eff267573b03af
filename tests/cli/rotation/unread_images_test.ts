import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readNote, writeNote } from "../../../cli/rotation/image_note.ts";
import { icecore } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("an image that nobody can verify keeps no night from its backup, and is named", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/srv`);
    mkdirSync(`${folder}/backup`);
    writeFileSync(`${folder}/srv/a`, "a");
    const build = (...more: string[]) =>
      icecore(["build", "srv", "--to", "backup", "-q", ...more], { cwd: folder });
    assert.equal((await build("--without-record")).code, 0);
    const images = () => readdirSync(`${folder}/backup`).filter((name) => name.endsWith(".img"));
    const [first] = images();
    const image = `${folder}/backup/${first}`;
    const { verified: _, ...note } = readNote(image)!;
    await writeNote(image, note);
    rmSync(`${image}.sha512`);

    const second = await build("--keep-last", "1");
    assert.equal(second.code, 1);
    assert.match(
      second.stderr,
      new RegExp(`cannot verify ${first} \\(all else was done\\): cannot `),
    );
    assert.equal(images().length, 2);
    assert.ok(images().every((name) => name === first || isVerified(`${folder}/backup/${name}`)));
    assert.equal((await build("--keep-last", "1")).code, 1);
    assert.ok(existsSync(image));
    assert.equal(images().length, 2);

    const prune = await icecore(["prune", "backup", "--keep-last", "1"], { cwd: folder });
    assert.equal(prune.code, 1);
    assert.match(prune.stdout, /^nothing to remove$/m);
  }));

Deno.test("whoever prunes learns which file keeps older images from going", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/srv`);
    mkdirSync(`${folder}/backup`);
    for (const _ of [1, 2]) {
      const { code } = await icecore(["build", "srv", "--to", "backup", "-q"], { cwd: folder });
      assert.equal(code, 0);
    }
    writeFileSync(`${folder}/backup/disk.img`, "of another program");
    const prune = () => icecore(["prune", "backup", "--keep-last", "1"], { cwd: folder });
    const hindered = await prune();
    assert.deepEqual([hindered.code, hindered.stdout], [0, "nothing to remove\n"]);
    assert.match(
      hindered.stderr,
      /^icecore: older images stay, since disk\.img cannot be read, and/,
    );
    rmSync(`${folder}/backup/disk.img`);
    const free = await prune();
    assert.match(free.stdout, /1 image removed/);
    assert.equal(free.stderr, "");
  }));

function isVerified(image: string): boolean {
  return readNote(image)?.verified?.result === "right";
}
