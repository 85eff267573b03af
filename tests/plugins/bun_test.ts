import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BUN, bun } from "../support/programs/bun.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inPlace, run } from "./building.ts";

const driver = fileURLToPath(new URL("./bun_driver.ts", import.meta.url));

for (const engine of ["program", "library"]) {
  testWith(
    { programs: [...BUN.programs, "age", "age-keygen", "zstd"] },
    `Bun compresses, encrypts with the ${engine}, splits, joins and notifies`,
    async () => {
      await inPlace((place) => {
        const key = `${place.folder}/key`;
        const packed = `${place.folder}/packed`;
        run("age-keygen", ["-o", key]);
        const recipient = new TextDecoder().decode(run("age-keygen", ["-y", key])).trim();
        const [program, ...args] = bun(driver, place.source, place.image, recipient, engine);
        run(program, args);
        run("age", ["-d", "-i", key, "-o", packed, `${place.image}.zst.age`]);
        assert.deepEqual(run("zstd", ["-d", "-c", packed]), readFileSync(place.image));
        const summary = JSON.parse(readFileSync(`${place.image}.summary`, "utf8"));
        assert.equal(summary.status, "succeeded");
      });
    },
  );
}
