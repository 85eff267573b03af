import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { BOOT_LOADER_INODE } from "../../../ext4/numbers.ts";
import { openImage } from "../../../image/open_image.ts";
import { buildLayer } from "../../support/images/hand_made_layer.ts";
import { Forgery } from "../../support/images/forge.ts";
import { icecore } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const BLOCK_BYTES = 4096;

/** A full image, and a layer on it with so many files. */
async function withTwo(
  countFiles: number,
  use: (layer: string, full: string) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    for (const name of ["full", "layer"]) {
      mkdirSync(`${folder}/${name}`);
      for (let i = 0; i < countFiles; i++) writeFileSync(`${folder}/${name}/${name}-${i}`, name);
    }
    await buildLayer(`${folder}/full`, `${folder}/full.img`);
    await buildLayer(`${folder}/layer`, `${folder}/layer.img`, `${folder}/full.img`);
    await use(`${folder}/layer.img`, `${folder}/full.img`);
  });
}

/** Changes inode 5 of an image, and its checksum with it. */
function changeRecordInode(image: string, change: (inode: Uint8Array) => void): void {
  const bytes = new Uint8Array(readFileSync(image));
  new Forgery(bytes).inode(BOOT_LOADER_INODE, change);
  writeFileSync(image, bytes);
}

/** Has zeros in its place, as where a disk has forgotten a sector. */
function wipe(image: string): void {
  const bytes = new Uint8Array(readFileSync(image));
  let place = new Uint8Array();
  new Forgery(bytes).inode(BOOT_LOADER_INODE, (inode) => place = inode as typeof place);
  place.fill(0);
  writeFileSync(image, bytes);
}

for (const countFiles of [0, 1, 600]) {
  Deno.test(`a layer of ${countFiles} files whose record was lost is not shown as all there is`, () =>
    withTwo(countFiles, async (layer) => {
      wipe(layer);
      await assert.rejects(openImage(layer), {
        code: "layer-record",
        message: /its record is lost or damaged.* seems to be that of a layer; which image lies/,
      });
      await using alone = await openImage(layer, { layer: true });
      const names: string[] = [];
      for await (const { nameText } of alone.list("/")) names.push(nameText);
      assert.equal(names.filter((name) => name.startsWith("layer-")).length, countFiles);
    }));
}

Deno.test("of a full image whose record was lost nothing is missing, and it is shown", () =>
  withTwo(3, async (_layer, full) => {
    wipe(full);
    await using image = await openImage(full);
    const { state } = await (await image.record()).verdict();
    assert.equal(state, "none");
    assert.equal((await image.stat("/full-1")).sizeBytes, 4);
  }));

Deno.test("a layer whose inode 5 is another kind of file than the record is refused as well", () =>
  withTwo(3, async (layer) => {
    changeRecordInode(layer, (inode) => {
      // A folder of the size of a block.
      new DataView(inode.buffer, inode.byteOffset).setUint16(0, 0o040000, true);
      new DataView(inode.buffer, inode.byteOffset).setUint32(4, BLOCK_BYTES, true);
    });
    await assert.rejects(openImage(layer), { code: "layer-record" });
  }));

Deno.test("ls says so, and that --layer shows it alone; verify finds it", () =>
  withTwo(3, async (layer) => {
    wipe(layer);
    const { code, stderr, stdout } = await icecore(["ls", layer]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /which image lies below is not known[^]*--layer/);
    assert.equal((await icecore(["verify", layer, "--no-digest"])).code, 4);
  }));
