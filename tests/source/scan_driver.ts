/**
 * Scans the contents of a folder with the rights it is started with, and prints what was found.
 * @module
 */

import process from "node:process";
import { pipeline, recipes } from "../../mod.ts";

const folder = process.argv[2]!;
const plan = await pipeline(recipes.native).dryRun({
  sources: [`${folder}/.`],
  output: "/tmp/none.img",
});
const facts = plan.steps.find(({ name }) => name === "scan")!.facts;
console.log(JSON.stringify({
  files: facts.find(({ label }) => label === "files")!.value,
  problems: facts.filter(({ label }) => label === "unreadable")
    .map(({ label, value }) => `${label} ${value}`),
}));
