/**
 * A new file as a stream to write to.
 * @module
 */

import { rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { EnvironmentError } from "./environment_error.ts";
import { hasCode } from "./libc/errno.ts";
import { printable } from "./libc/paths.ts";

/** A file that is made, or emptied, and written front to back. Aborting removes it. */
export function createFile(path: string): WritableStream<Uint8Array> {
  let handle: FileHandle | undefined;
  return new WritableStream<Uint8Array>({
    async start() {
      handle = await open(path, "w");
    },
    async write(bytes) {
      try {
        await handle!.writeFile(bytes);
      } catch (error) {
        throw hasCode(error, "ENOSPC", "EDQUOT") ? diskFull(path, error) : error;
      }
    },
    async close() {
      await handle!.close();
    },
    async abort() {
      await handle?.close();
      rmSync(path, { force: true });
    },
  });
}

function diskFull(path: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(
    `cannot write ${
      printable(path)
    }: the disk is full. Make room, or choose another place with -o.`,
    "disk-full",
    { cause },
  );
}
