import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { clientConfig } from "../../../host/block_source/s3_server.ts";
import { openImage } from "../../../image/open_image.ts";
import { pipeline, recipes } from "../../../mod.ts";
import s3 from "../../../plugins/s3.ts";
import split from "../../../plugins/split.ts";
import { buildVolume } from "../../../volumes/build/build_volume.ts";
import { parseEntry, readEntry } from "../../../volumes/set/entry.ts";
import { planFolder } from "../../support/images/volume_trial.ts";
import { s3Store } from "../../support/servers/s3_store.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("a volume goes to S3 with its entry, which says what was sent; the next build sends nothing", async () => {
  await using store = await s3Store();
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    mkdirSync(`${folder}/to`);
    writeFileSync(`${folder}/source/file`, new Uint8Array(300_000).fill(7));
    await planFolder(`${folder}/source`, `${folder}/t.plan`, 1 << 20);
    const sending = pipeline(recipes.native).use(s3, { to: "s3://vault/archive" });
    const { signal } = new AbortController();
    const build = (with_ = sending, to = `${folder}/to`) =>
      buildVolume(`${folder}/t.plan`, 0, { to, pipeline: with_, signal, emit: () => {} });
    const { entry } = await build();
    assert.deepEqual(readEntry(`${folder}/to`, { name: "t-0000" }), entry);
    const client = new S3Client(clientConfig(store.environment));
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: "vault" }));
    assert.deepEqual(Contents.map(({ Key }) => Key).sort(), [
      "archive/t-0000.img",
      "archive/t-0000.img.sha512",
      "archive/t-0000.img.volume.json",
    ]);
    const Key = "archive/t-0000.img.volume.json";
    const { Body } = await client.send(new GetObjectCommand({ Bucket: "vault", Key }));
    assert.deepEqual(parseEntry(await Body!.transformToString(), Key), entry);
    client.destroy();
    await using image = await openImage("s3://vault/archive/t-0000.img");
    assert.equal(image.info.uuid, entry.uuid);
    // The object is there: sending it again would fail.
    assert.equal((await build()).state, "present");

    mkdirSync(`${folder}/parts`);
    const cut = pipeline(recipes.native).use(split, { size: 200_000 });
    const parts = (await build(cut, `${folder}/parts`)).entry;
    assert.deepEqual(parts.payload?.parts?.slice(0, 2), [
      "t-0000.img.part001",
      "t-0000.img.part002",
    ]);
    assert.equal(parts.digests["sha512"], entry.digests["sha512"]);
  });
});
