/**
 * The commands of docs/backups.md that need root.
 */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mountsBelow } from "../../host/mounts/mounts.ts";
import { repositoryRoot } from "../lint/source_files.ts";
import { run } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";
import { codeBlocks } from "./code_blocks.ts";

testWith(
  { loop: true, programs: ["mount", "umount"] },
  "the stack of docs/backups.md is mounted without icecore as it says",
  () =>
    inTemporaryFolder(async (folder) => {
      const page = readFileSync(`${repositoryRoot}/docs/backups.md`, "utf8");
      const block = codeBlocks(page).find(({ text }) => text.includes("-t overlay"));
      assert.ok(block !== undefined);
      mkdirSync(`${folder}/photos`);
      mkdirSync(`${folder}/backup`);
      let base: string[] = [];
      for (const name of ["full", "nov", "dec"]) {
        writeFileSync(`${folder}/photos/${name}.jpg`, name);
        const image = `${folder}/backup/photos-${name}.img`;
        await icecoreOutput(["build", `${folder}/photos`, "-o", image, ...base, "--quiet"]);
        base = ["--base", image];
      }
      try {
        // The mount points of the page are an administrator's; here they are this test's.
        const text = block.text.replaceAll("/mnt/", `${folder}/mnt/`);
        const { stdout, stderr } = run("bash", ["-euo", "pipefail", "-c", text], folder);
        assert.equal(stderr, "");
        const printed = new TextDecoder().decode(stdout);
        for (const name of ["full", "nov", "dec"]) assert.match(printed, new RegExp(`${name}.jpg`));
        assert.deepEqual(mountsBelow(folder), []);
      } finally {
        for (const left of mountsBelow(folder)) run("umount", [left]);
      }
    }),
);
