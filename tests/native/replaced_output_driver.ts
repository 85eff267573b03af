/**
 * Builds where something else takes the place of the partial image before it is packed. The process ends by
 * itself, unless something of the build goes on.
 * @module
 */

import { rmSync, symlinkSync } from "node:fs";
import process from "node:process";
import { pipeline, recipes, type Step } from "../../mod.ts";
import { messageOf } from "../../plugin.ts";

const [source = "", output = ""] = process.argv.slice(2);
const thief: Step = {
  name: "thief",
  run({ path }) {
    rmSync(path);
    // It can be looked at, and not written to.
    symlinkSync("/", path);
  },
};
await pipeline(recipes.native).insertBefore("pack", thief).run({
  sources: [source],
  output,
})
  .catch((error) => console.log(messageOf(error)));
