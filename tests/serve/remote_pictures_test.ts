/**
 * What pictures of an image on a server cost.
 */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rangeServer } from "../support/servers/range_server.ts";
import { buildImage, whileServing } from "../support/servers/served.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { TINY_JPEG, withExif } from "../support/trees/exif_jpeg.ts";
import { pattern } from "../support/trees/source_folder.ts";

const COUNT = 40;
const HEAD_BYTES = 64 << 10;

function photo(i: number): Uint8Array {
  const head = withExif(TINY_JPEG, { thumbnail: TINY_JPEG, make: "Glacier" });
  const bytes = pattern(200_000 + i, i);
  bytes.set(head);
  return bytes;
}

Deno.test("a thumbnail of a remote image takes the first 64 KiB of the picture, and no more", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = await buildImage(folder, (source) => {
      mkdirSync(`${source}/photos`);
      for (let i = 0; i < COUNT; i++) writeFileSync(`${source}/photos/${i}.jpg`, photo(i));
      mkdirSync(`${source}/icons`);
      for (let i = 0; i < COUNT; i++) writeFileSync(`${source}/icons/${i}.jpg`, TINY_JPEG);
    });
    await using server = await rangeServer(readFileSync(path));
    await whileServing(server.url, folder, async ({ at, image }) => {
      const thumb = async (part: string) => {
        const answer = await fetch(at(`thumb/${part}.jpg`));
        assert.equal(answer.status, 200);
        return new Uint8Array(await answer.arrayBuffer());
      };
      // All metadata is there after the first.
      await thumb("photos/0");
      const before = { ...image.traffic! };
      for (let i = 1; i < COUNT; i++) assert.deepEqual(await thumb(`photos/${i}`), TINY_JPEG);
      const { countBytes, countRequests } = image.traffic!;
      assert.ok(countBytes - before.countBytes <= (COUNT - 1) * HEAD_BYTES, `${countBytes}`);
      assert.ok(countRequests - before.countRequests <= COUNT, `${countRequests}`);
      for (let i = 0; i < COUNT; i++) await thumb(`icons/${i}`);
      const ofIcons = image.traffic!.countRequests - countRequests;
      assert.ok(ofIcons <= 3, `small pictures come many at a time, and not by ${ofIcons} requests`);
    });
  });
});
