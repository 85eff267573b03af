import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatPartManifest } from "../../plugin.ts";
import { BOUND_BY_PERMISSIONS } from "../support/programs/privileges.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const NEEDS = { programs: ["setpriv"], root: true };
const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
const READ_BY = "permission denied\\. Run icecore as a user who may read it\\.";

/** A command line, in a folder with `docs.img`, and what it says where the way is barred. */
const rows: readonly (readonly [args: readonly string[], says: string, cwd?: string])[] = [
  [["diff", "barred/a", "docs.img"], `cannot read barred/a: ${READ_BY}`],
  [["diff", "docs", "docs.img"], `cannot read \\S+/docs/docs: ${READ_BY}`],
  [
    ["build", "src", "-o", "x.img", "--use", "./barred/s.ts"],
    `cannot read \\S+/s\\.ts: ${READ_BY}`,
  ],
  [
    ["build", "src", "-o", "x.img", "--recipe", "barred/r.json"],
    `cannot read \\S+json: ${READ_BY}`,
  ],
  [["build", "src", "-o", "x.img", "--use", "./names.sh"], `cannot read \\S+/barred/x: ${READ_BY}`],
  [
    ["build", "src", "-o", "barred/deep/x.img"],
    "cannot write \\S+/x\\.img: permission denied\\. Make the folder \\S+ writable, or choose",
  ],
  [
    ["join", "parts/a.manifest", "-o", "barred/x"],
    "cannot write barred/x: permission denied\\. Make the folder barred writable, or choose",
  ],
  [["join", "parts/a.manifest", "-o", "x"], `cannot read parts/a\\.part001: ${READ_BY}`],
  [["join", "unlisted/a.manifest", "-o", "x"], `cannot read unlisted: ${READ_BY}`],
  [
    ["new-step", "vault"],
    "cannot write vault\\.ts: permission denied\\. Go to a folder that you may write to\\.",
    "sealed",
  ],
];

testWith(NEEDS, "where the way to a file is barred, one line says so, and what to do", async () => {
  await inTemporaryFolder(async (folder) => {
    await furnish(folder);
    for (const [args, says, cwd = "."] of rows) {
      const [program, ...before] = [...BOUND_BY_PERMISSIONS, Deno.execPath()];
      const argv = [...before, "run", "--allow-all", main, ...args];
      const options = { cwd: `${folder}/${cwd}`, encoding: "utf8" } as const;
      const { status, stderr } = spawnSync(program!, argv, options);
      const said = stderr.split("\n").filter((line) => line.startsWith("icecore: "));
      assert.match(said.join("\n"), new RegExp(`^icecore: (step names failed: )?${says}`));
      assert.equal(status, 1, args.join(" "));
    }
  });
});

/** What the rows name: folders that may not be entered, listed or written to. */
async function furnish(folder: string): Promise<void> {
  for (const name of ["barred", "docs", "src", "parts", "unlisted", "sealed"]) {
    mkdirSync(`${folder}/${name}`);
  }
  writeFileSync(
    `${folder}/names.sh`,
    `#!/bin/sh\necho '{"artifacts":[{"kind":"x","path":"${folder}/barred/x"}]}'\n`,
  );
  chmodSync(`${folder}/names.sh`, 0o755);
  const part = { sizeBytes: 1, sha512: createHash("sha512").update("a").digest("hex") };
  const parts = [{ ...part, name: "a.part001" }];
  for (const place of ["parts", "unlisted"]) {
    writeFileSync(`${folder}/${place}/a.part001`, "a");
    writeFileSync(
      `${folder}/${place}/a.manifest`,
      formatPartManifest({ ...part, name: "a", parts }),
    );
  }
  await icecoreOutput(["build", `${folder}/docs`, "-o", `${folder}/docs.img`, "--quiet"]);
  const modes = { barred: 0, docs: 0o444, "parts/a.part001": 0, unlisted: 0o311, sealed: 0o555 };
  for (const [name, mode] of Object.entries(modes)) chmodSync(`${folder}/${name}`, mode);
}
