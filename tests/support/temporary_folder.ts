/**
 * Folders that tests write into.
 * @module
 */

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

/** Gives the real path of a temporary folder to `use`, and removes the folder afterwards. */
export async function inTemporaryFolder(
  use: (folder: string) => void | Promise<void>,
): Promise<void> {
  const folder = realpathSync(mkdtempSync(`${tmpdir()}/icecore-test-`));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
