import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { GOLDEN_DIGEST } from "../support/golden_image.ts";
import { output } from "../support/oracles.ts";
import { testWith } from "../support/requirements.ts";

const script = fileURLToPath(new URL("../support/golden_image.ts", import.meta.url));

testWith({ programs: ["bun"] }, "Bun makes the same bytes as Deno", () => {
  assert.equal(output("bun", [script]), GOLDEN_DIGEST);
});
