import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { GOLDEN_DIGEST } from "../support/images/golden_image.ts";
import { BUN, bun } from "../support/programs/bun.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";

const script = fileURLToPath(new URL("../support/images/golden_image.ts", import.meta.url));

testWith(BUN, "Bun makes the same bytes as Deno", () => {
  const [program, ...args] = bun(script);
  assert.equal(output(program, args), GOLDEN_DIGEST);
});
