import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { BUN, bun } from "../support/bun.ts";
import { GOLDEN_DIGEST } from "../support/golden_image.ts";
import { output } from "../support/oracles.ts";
import { testWith } from "../support/requirements.ts";

const script = fileURLToPath(
  new URL("../support/golden_image.ts", import.meta.url),
);

testWith(BUN, "Bun makes the same bytes as Deno", () => {
  const [program, ...args] = bun(script);
  assert.equal(output(program, args), GOLDEN_DIGEST);
});
