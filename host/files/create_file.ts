/**
 * A new file as a stream to write to.
 * @module
 */

import { constants, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { close } from "../libc/files.ts";
import { printable } from "../libc/paths.ts";
import { claimPartial } from "./claim_partial.ts";
import { requireFree } from "./require_free.ts";
import { explainWrite } from "./write_error.ts";

/**
 * A file that is made, or emptied, and written front to back. Nobody else writes it meanwhile.
 * Aborting removes it, and so does a write that fails.
 *
 * @param path Ends in `.partial`.
 * @param force Whether a file of the final name may be there; it is not touched here.
 * @param mode Who may read it, before the umask: `context.fileMode` for what holds the source's
 * contents. Its owner alone when absent.
 * @throws EnvironmentError `output-exists`, `in-the-way`, `output-busy`, `not-writable`.
 */
export function createFile(
  path: string,
  force: boolean,
  mode = 0o600,
): WritableStream<Uint8Array> {
  const finalPath = path.replace(/\.partial$/, "");
  requireFree(finalPath, force);
  const lock = claimPartial(path, printable(finalPath), mode);
  return writeClaimed(path, () => close(lock));
}

/** A claimed file as a stream. @param onEnd Called when it is complete, or gone. */
export function writeClaimed(
  path: string,
  onEnd: () => void = () => {},
): WritableStream<Uint8Array> {
  let handle: FileHandle | undefined;
  const remove = async () => {
    rmSync(path, { force: true });
    onEnd();
    await handle?.close();
  };
  const orRemoved = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      // A stream that failed by itself is not aborted any more.
      await remove();
      throw explainWrite(path, error);
    }
  };
  return new WritableStream<Uint8Array>({
    async start() {
      handle = await orRemoved(open(path, constants.O_WRONLY | constants.O_NOFOLLOW));
    },
    async write(bytes) {
      await orRemoved(handle!.writeFile(bytes));
    },
    async close() {
      await handle!.close();
      onEnd();
    },
    abort: remove,
  });
}
