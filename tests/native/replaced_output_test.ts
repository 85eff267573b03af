import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { assertNothingBuilt, inLab } from "../faults/lab.ts";

const driver = fileURLToPath(
  new URL("./replaced_output_driver.ts", import.meta.url),
);

Deno.test("no thread is left where the image cannot be opened for writing", async () => {
  await inLab(async (lab) => {
    const args = [
      "run",
      "--allow-all",
      "--no-check",
      driver,
      lab.source,
      lab.image,
    ];
    const env = { ...Deno.env.toObject(), ...lab.env };
    const options = { encoding: "utf8", timeout: 30_000, env } as const;
    const { status, stdout, stderr } = spawnSync(
      Deno.execPath(),
      args,
      options,
    );
    assert.match(
      stdout,
      /^step pack failed: cannot write .*out\.img\.partial: a symbolic link took its place/,
    );
    assert.equal(status, 0, `the process has not ended: ${stderr}`);
    await assertNothingBuilt(lab);
  });
});
