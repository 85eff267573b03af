/**
 * Builds SOURCE to OUTPUT with the plugins, for a runtime that cannot run the tests themselves:
 * `bun_driver.ts SOURCE OUTPUT RECIPIENT ENGINE`.
 * @module
 */

import process from "node:process";
import { joinParts } from "../../image/join_parts.ts";
import { pipeline, recipes } from "../../mod.ts";
import age from "../../plugins/age.ts";
import notify from "../../plugins/notify.ts";
import split from "../../plugins/split.ts";
import zstd from "../../plugins/zstd.ts";

const [source = "", output = "", recipient = "", engine = ""] = process.argv
  .slice(2);
await pipeline(recipes.native)
  .use(zstd)
  .use(age, { recipients: [recipient], engine })
  .use(split, { size: "1M" })
  .use(notify, { command: ["tee", `${output}.summary`], required: true })
  .run({ sources: [source], output });
const joined = await joinParts(`${output}.zst.age.manifest`);
console.log(joined.countParts);
