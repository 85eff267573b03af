import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import type { OptionValues, Step } from "../../mod.ts";
import par2 from "../../plugins/par2.ts";
import split from "../../plugins/split.ts";
import verity from "../../plugins/verity.ts";
import zstd from "../../plugins/zstd.ts";
import { testWith } from "../support/programs/requirements.ts";
import { build, FORMS, inPlace, namesIn, type Used } from "./building.ts";

const plugins: readonly {
  readonly step: Step;
  readonly options?: OptionValues;
  readonly names: readonly string[];
  readonly programs?: readonly string[];
}[] = [
  { step: verity, names: ["photos.img.verity", "photos.img.roothash"] },
  {
    step: par2,
    options: { blocks: 10 },
    names: ["photos.img.par2", "photos.img.vol0+1.par2"],
    programs: ["par2"],
  },
  {
    step: split,
    options: { size: 1_000_000 },
    names: ["photos.img.manifest", "photos.img.part001"],
  },
];

/** Fails the test when it is run: what comes behind it is refused too late. */
const never: Step = { name: "never", before: "pack", run: () => assert.fail("it has begun") };

for (const { step, options = {}, names, programs = [] } of plugins) {
  for (const name of names) {
    testWith(
      { programs },
      `${step.name} refuses to replace ${name}, before anything is made`,
      async () => {
        await inPlace(async (place) => {
          writeFileSync(`${place.folder}/${name}`, "precious");
          const used: readonly Used[] = [[never], [step, options]];
          await assert.rejects(build(place, used), {
            code: "output-exists",
            message: new RegExp(
              `${name.replaceAll(/[.+]/g, "\\$&")}: it exists already\\. Replace it`,
            ),
          });
          assert.equal(readFileSync(`${place.folder}/${name}`, "utf8"), "precious");
          assert.deepEqual(namesIn(place), [name]);
        });
      },
    );
  }

  for (const form of FORMS) {
    testWith(
      { programs },
      `${step.name} replaces its files with --force (${form} form)`,
      async () => {
        await inPlace(async (place) => {
          writeFileSync(`${place.folder}/${names[0]}`, "old");
          await build(place, [[step, options]], form, { force: true });
          assert.notEqual(readFileSync(`${place.folder}/${names[0]}`, "utf8"), "old");
          assert.ok(namesIn(place).every((name) => !name.endsWith(".partial")));
        });
      },
    );

    testWith(
      { programs },
      `${step.name} replaces nothing behind a step that compresses (${form} form)`,
      async () => {
        if (step === verity) return;
        await inPlace(async (place) => {
          const name = names[0]!.replace(".img", ".img.zst");
          writeFileSync(`${place.folder}/${name}`, "precious");
          await assert.rejects(build(place, [[zstd], [step, options]], form), /it exists already/);
          assert.deepEqual(namesIn(place), [name]);
        });
      },
    );
  }
}
