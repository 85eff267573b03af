/**
 * The file that a report is written to.
 * @module
 */

import { resolve } from "node:path";
import { claimFile } from "../../host/files/claim_output.ts";
import { writeClaimed } from "../../host/files/create_file.ts";
import { areReadableByAll } from "../../host/files/file_mode.ts";
import { releaseLeftoversOf } from "../../host/leftovers/leftovers.ts";
import { ReleaseError } from "../../pipeline/build_errors.ts";

const encoder = new TextEncoder();

/**
 * Writes a page; it appears under its name only when all of it is there. It holds names out of the
 * image: whoever may not read the image may not read the page.
 *
 * @param imagePath The image it is about, where that is a file here.
 * @returns Its size in bytes.
 * @throws EnvironmentError `output-exists`, `no-folder`, `not-writable`, `disk-full`
 */
export async function writePage(
  path: string,
  page: string,
  force: boolean,
  imagePath: string | undefined,
): Promise<number> {
  const bytes = encoder.encode(page);
  const finalPath = resolve(path);
  await releaseLeftoversOf(finalPath);
  const output = claimFile(finalPath, force);
  const writer = writeClaimed(output.path).getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
    await output.publish([], imagePath !== undefined && areReadableByAll([imagePath]));
  } catch (error) {
    await writer.abort(error).catch(() => {});
    try {
      output.discard([], false);
    } catch (undo) {
      throw new ReleaseError([undo], { cause: error });
    }
    throw error;
  }
  output.settle();
  return bytes.length;
}
