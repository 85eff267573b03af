import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { joinParts } from "../../image/join_parts.ts";
import age from "../../plugins/age.ts";
import par2 from "../../plugins/par2.ts";
import split from "../../plugins/split.ts";
import { testWith } from "../support/programs/requirements.ts";
import { build, FORMS, inPlace, namesIn } from "./building.ts";
import { addLarge } from "./large_file.ts";
import { withStore } from "./s3/with_store.ts";
import { POSIX, SSH } from "./ssh/far_side.ts";
import { withFar } from "./ssh/with_far.ts";

/** A public key, whose secret one is of no matter. */
const SOMEBODY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const MIB = 2 ** 20;

const PARTS = ["out.img.manifest", "out.img.part001", "out.img.part002", "out.img.part003"];

for (const form of FORMS) {
  Deno.test(`behind split, s3 stores the parts and not the whole (${form} form)`, async () => {
    await withStore({}, async ({ lab, store, build }) => {
      addLarge(lab);
      const used = [[split, { size: 6 * MIB }]] as const;
      const { image } = await build({}, { form, used });
      const names = [...PARTS, "out.img.sha512"];
      assert.deepEqual(store.keys(), names.map((name) => `backup/${name}`));
      for (const name of names) {
        assert.ok(readFileSync(lab.at(name)).equals(store.object(`backup/${name}`)!), name);
      }
      const { url } = image.artifacts.find(({ kind }) => kind === "s3")?.details ?? {};
      assert.equal(url, "s3://vault/backup/out.img.manifest");
    });
  });

  testWith(SSH, `behind split, ssh copies the parts and not the whole (${form} form)`, async () => {
    await withFar({ programs: POSIX }, async ({ lab, build }) => {
      addLarge(lab);
      await build({}, { form, used: [[split, { size: 6 * MIB }]] });
      assert.deepEqual(readdirSync(lab.at("far")).sort(), [...PARTS, "out.img.sha512"]);
      const output = lab.at("joined.img");
      await joinParts(lab.at("far/out.img.manifest"), { output });
      assert.ok(readFileSync(output).equals(readFileSync(lab.image)));
    });
  });
}

testWith(
  { programs: ["age"] },
  "what age made goes to the store in parts, and in no other form",
  async () => {
    await withStore({}, async ({ lab, store, build }) => {
      addLarge(lab);
      const used = [[age, { recipients: [SOMEBODY] }], [split, { size: 8 * MIB }]] as const;
      await build({}, { used });
      const names = ["manifest", "part001", "part002"].map((name) => `backup/out.img.age.${name}`);
      assert.deepEqual(store.keys(), names);
      assert.ok(!readdirSync(lab.folder).includes("out.img.age"), "the whole lies nowhere");
    });
  },
);

testWith(
  { programs: ["age", "par2"] },
  "par2 behind what was cut while it was made is refused, and where it belongs is said",
  async () => {
    await inPlace(async (place) => {
      const used = [[age, { recipients: [SOMEBODY] }], [split, { size: MIB }], [par2]] as const;
      await assert.rejects(
        build(place, used),
        /cannot run par2 behind split: what age makes is streamed on to split .* Put par2 directly behind age\.$/,
      );
      assert.deepEqual(namesIn(place), []);
    });
  },
);
