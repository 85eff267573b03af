import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { imageRows } from "../../../cli/listing/image_rows.ts";
import { readImageFolder } from "../../../cli/rotation/image_folder.ts";
import { readStoredImages } from "../../../cli/rotation/stored_images.ts";
import { icecoreOutput } from "../../support/programs/run_icecore.ts";
import { s3Store } from "../../support/servers/s3_store.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("a folder in S3 is listed as one on disk is, what lies on what as well", () =>
  inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/srv`);
    mkdirSync(`${folder}/b`);
    writeFileSync(`${folder}/srv/a`, "a");
    const build = ["build", "srv", "--to", "b", "--full-every", "2", "-q"];
    for (let night = 0; night < 2; night++) await icecoreOutput(build, folder);
    await using store = await s3Store();
    for (const name of readdirSync(`${folder}/b`)) {
      await store.put(`nights/${name}`, readFileSync(`${folder}/b/${name}`));
    }
    await store.put("nights/below/srv-2026-01-01T0000.img", new Uint8Array(1));
    const local = imageRows(await readImageFolder(`${folder}/b`));
    for (const address of ["s3://vault/nights", "s3://vault/nights/"]) {
      const images = await readStoredImages(address);
      assert.equal(imageRows(images), local);
      assert.equal(images[1]!.baseName, images[0]!.name);
    }
    assert.deepEqual(await readStoredImages("s3://vault/nothing/"), []);
    await assert.rejects(readStoredImages("s3://none/"), { code: "url-not-found" });
    await assert.rejects(readStoredImages("https://example.org/"), { code: "no-listing" });
  }));
