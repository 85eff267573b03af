import assert from "node:assert/strict";
import { testWith } from "../support/programs/requirements.ts";
import { repositoryRoot } from "./source_files.ts";

testWith({ programs: ["shellcheck"] }, "shellcheck finds nothing in the scripts", async () => {
  const below = [...Deno.readDirSync(`${repositoryRoot}/bench`)].map(({ name }) => `bench/${name}`);
  const scripts = [
    "compile.sh",
    "npm.sh",
    ".ci/run",
    "examples/volumes/slurm.sh",
    ...below.filter((path) => path.endsWith(".sh")),
  ];
  const { stdout } = await new Deno.Command("shellcheck", { args: scripts, cwd: repositoryRoot })
    .output();
  assert.equal(new TextDecoder().decode(stdout), "");
});
