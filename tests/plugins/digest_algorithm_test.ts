import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import zstd from "../../plugins/zstd.ts";
import { FORMS, inPlace, withPlugins } from "./building.ts";

for (const form of FORMS) {
  Deno.test(`what is stored is hashed as the image is (${form} form)`, async () => {
    await inPlace(async (place) => {
      const { image } = await withPlugins([[zstd]], form)
        .with("pack", { algorithm: "sha256" })
        .with("hash", { algorithm: "sha256" })
        .run({ sources: [place.source], output: place.image });
      const sha256Of = (path: string) =>
        createHash("sha256").update(readFileSync(path)).digest("hex");
      assert.deepEqual(image.digests, { sha256: sha256Of(place.image) });
      assert.deepEqual(image.payload?.digests, {
        sha256: sha256Of(`${place.image}.zst`),
      });
    });
  });
}
