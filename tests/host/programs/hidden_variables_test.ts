import assert from "node:assert/strict";
import process from "node:process";
import { runProgram } from "../../../host/programs/run_program.ts";
import { setEnvironment } from "../../support/programs/environment.ts";

Deno.test("a program sees no ICECORE variables, also when nobody has hidden them", async () => {
  const mark = { ICECORE_WORKDIR: "/tmp/outer" };
  using _environment = setEnvironment({ ICECORE_VAULT_KEY: "correct horse", ...mark });
  const { stdout } = await runProgram(["env"], { env: { ICECORE_TOLD: "yes" } });
  assert.ok(!stdout.includes("ICECORE_VAULT_KEY"));
  assert.match(stdout, /^ICECORE_TOLD=yes$/m, "what it is given for itself stays");
  assert.match(stdout, /^ICECORE_WORKDIR=\/tmp\/outer$/m, "by its mark it is found");
  assert.equal(process.env["ICECORE_VAULT_KEY"], "correct horse", "this process keeps its own");
});
