/**
 * A new file as a stream to write to.
 * @module
 */

import { rmSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { EnvironmentError } from "./environment_error.ts";
import { meaningOf } from "./libc/errno.ts";
import { printable } from "./libc/paths.ts";
import { openNew } from "./open_new.ts";
import { requireFree } from "./require_free.ts";
import { explainWrite } from "./write_error.ts";

/**
 * A file that is made, or emptied, and written front to back. Aborting removes it, and so does a
 * write that fails.
 *
 * @param path Ends in `.partial`.
 * @param force Whether a file of the final name may be there; it is not touched here.
 * @throws EnvironmentError `output-exists`.
 */
export function createFile(path: string, force: boolean): WritableStream<Uint8Array> {
  const finalPath = path.replace(/\.partial$/, "");
  requireFree(finalPath, force);
  let handle: FileHandle | undefined;
  const remove = async () => {
    await handle?.close();
    rmSync(path, { force: true });
  };
  return new WritableStream<Uint8Array>({
    async start() {
      handle = await openNew(path).catch((error) => {
        throw notWritable(finalPath, error);
      });
    },
    async write(bytes) {
      try {
        await handle!.writeFile(bytes);
      } catch (error) {
        // A stream that failed by itself is not aborted any more.
        await remove();
        throw explainWrite(path, error);
      }
    },
    async close() {
      await handle!.close();
    },
    abort: remove,
  });
}

function notWritable(path: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(
    `cannot write ${printable(path)}: ${meaningOf(cause)}. Choose another place with -o.`,
    "not-writable",
    { cause },
  );
}
