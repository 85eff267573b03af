import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import age from "../../plugins/age.ts";
import zstd from "../../plugins/zstd.ts";
import { output as runProgram } from "../support/programs/oracles.ts";
import { build, FORMS, inPlace, namesIn, type Used, withPlugins } from "./building.ts";
import { failing } from "./neighbours.ts";

/** A public key, whose secret one is of no matter. */
const SOMEBODY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

const MADE: Readonly<Record<string, readonly Used[]>> = {
  "photos.img.age": [[age, { recipients: SOMEBODY, engine: "library" }]],
  "photos.img.zst": [[zstd]],
  "photos.img.zst.age": [[zstd], [age, { recipients: SOMEBODY, engine: "library" }]],
};

for (const [name, used] of Object.entries(MADE)) {
  for (const form of FORMS) {
    Deno.test(`${name} has a side file that sha512sum takes, from a ${form}`, async () => {
      await inPlace(async (place) => {
        await build(place, used, form);
        for (const each of [name, "photos.img"]) {
          runProgram("sha512sum", ["--strict", "-c", `${each}.sha512`], place.folder);
        }
      });
    });
  }
}

Deno.test("a side file that is there is refused early, and replaced with force alone", async () => {
  for (const form of FORMS) {
    await inPlace(async (place) => {
      writeFileSync(`${place.image}.zst.sha512`, "precious");
      await assert.rejects(build(place, [[zstd]], form), /zst\.sha512: it exists already/);
      assert.deepEqual(namesIn(place), ["photos.img.zst.sha512"]);
      writeFileSync(`${place.image}.zst.sha256`, "of what is replaced");
      await build(place, [[zstd]], form, { force: true });
      runProgram("sha512sum", ["-c", "photos.img.zst.sha512"], place.folder);
      assert.ok(!namesIn(place).includes("photos.img.zst.sha256"));
    });
  }
});

Deno.test("it is of the algorithm that the build has", async () => {
  await inPlace(async (place) => {
    const request = { sources: [place.source], output: place.image };
    const both = { algorithm: "sha256" };
    await withPlugins([[zstd]]).with("pack", both).with("hash", both).run(request);
    runProgram("sha256sum", ["-c", "photos.img.zst.sha256"], place.folder);
  });
});

Deno.test("a later step that fails takes it along", async () => {
  for (const form of FORMS) {
    await inPlace(async (place) => {
      await assert.rejects(build(place, [[zstd], [failing]], form), /step failing failed: no/);
      assert.deepEqual(namesIn(place), []);
    });
  }
});
