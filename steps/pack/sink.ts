/**
 * Where the bytes of an image go: into a file with holes, or to stdout.
 * @module
 */

import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_WRONLY,
  openAt,
  truncate,
  writeAll,
  writeAllAt,
} from "../../host/libc/files.ts";
import { explainWrite } from "../../host/write_error.ts";

/** Takes an image from front to back. */
export interface Sink {
  /** Whether long runs of zeros may be left out, as holes. */
  readonly keepsHoles: boolean;
  /** Writes bytes at a position, never before one that was written to. */
  write(bytes: Uint8Array, offsetBytes: number): void;
  /** Says that the image is complete. */
  finish(sizeBytes: number): void;
  /** Gives the sink up, complete or not. */
  close(): void;
}

/** A file that exists and is empty. */
export function fileSink(path: string): Sink {
  const fd = openAt(CURRENT_FOLDER, path, O_WRONLY);
  return {
    keepsHoles: true,
    write: (bytes, offset) => explained(path, () => writeAllAt(fd, bytes, offset)),
    finish: (sizeBytes) => explained(path, () => truncate(fd, sizeBytes)),
    close: () => explained(path, () => close(fd)),
  };
}

/** Standard output. */
export function stdoutSink(): Sink {
  const stdout = 1 as Descriptor;
  return {
    keepsHoles: false,
    write: (bytes) => explained("stdout", () => writeAll(stdout, bytes)),
    finish: () => {},
    close: () => {},
  };
}

function explained(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw explainWrite(path, error);
  }
}
