/**
 * A copy of the source tree in a temporary folder, for the commands that the pages show: they may
 * write what they like, and they find a folder `photos` to work on.
 * @module
 */

import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { repositoryRoot } from "../lint/source_files.ts";

const notCopied = new Set(["node_modules", "dist", "tests"]);

/** Gives the folder of a fresh copy to `body` and removes it afterwards. */
export async function withCheckout(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(`${tmpdir()}/icecore-docs-`);
  try {
    for (const name of await readdir(repositoryRoot)) {
      if (notCopied.has(name) || name.startsWith(".")) continue;
      await cp(`${repositoryRoot}/${name}`, `${folder}/${name}`, {
        recursive: true,
      });
    }
    await symlink(`${repositoryRoot}/node_modules`, `${folder}/node_modules`);
    await mkdir(`${folder}/photos/2024`, { recursive: true });
    await writeFile(`${folder}/photos/2024/ice.jpg`, "not really a picture\n");
    await writeFile(
      `${folder}/photos/readme.txt`,
      "An ice core is drilled once.\n",
    );
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
