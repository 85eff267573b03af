import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { OptionValues } from "../../../mod.ts";
import { setEnvironment } from "../../support/programs/environment.ts";
import { assertNothingStored, withStore } from "./with_store.ts";

const REFUSED: Readonly<Record<string, readonly [OptionValues, RegExp]>> = {
  "a bucket that is not there": [{ to: "s3://other/x" }, /there is no such bucket. Check s3.to/],
  "an address without a bucket": [{ to: "vault" }, /it names no bucket. Write s3.to as/],
  "a part too small": [{ partSize: 2 ** 20 }, /expected a size from 5M to 5G/],
  "no part at a time": [{ parallel: 0 }, /expected a whole number from 1 to 64/],
};

for (const [what, [given, says]] of Object.entries(REFUSED)) {
  Deno.test(`${what} is refused before anything is made`, async () => {
    await withStore({}, async (run) => {
      await assert.rejects(run.build(given), says);
      assert.ok(!existsSync(run.lab.image));
      assertNothingStored(run);
    });
  });
}

Deno.test("wrong credentials are refused before anything is made", async () => {
  await withStore({}, async (run) => {
    using _environment = setEnvironment({ AWS_ACCESS_KEY_ID: "wrong" });
    await assert.rejects(
      run.build(),
      /cannot upload s3:\/\/vault\/backup\/: the store refuses the credentials \(InvalidAccessKeyId\)/,
    );
    assert.ok(!existsSync(run.lab.image));
    assertNothingStored(run);
  });
});
