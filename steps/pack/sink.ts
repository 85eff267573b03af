/**
 * Where the bytes of an image go.
 * @module
 */

import type { Breather } from "../../host/breathe.ts";
import { explainWrite } from "../../host/files/write_error.ts";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_NOFOLLOW,
  O_RDWR,
  O_WRONLY,
  openAt,
  truncate,
  writeAllAt,
} from "../../host/libc/files.ts";

/** Takes an image from front to back. */
export interface Sink {
  /** Whether long runs of zeros may be left out, as holes. */
  readonly keepsHoles: boolean;
  /** Writes bytes at a position, never before one that was written to. */
  write(bytes: Uint8Array, offsetBytes: number): void;
  /** Whether something is left to be written, before anything else is, by `catchUp`. */
  readonly isBehind: boolean;
  /** Writes what is left, and lets the event loop run meanwhile. @throws the signal's reason. */
  catchUp(breather: Breather): Promise<void>;
  /** The image, where it is a file that is open for reading as well. */
  readonly file?: Descriptor;
  /** Says that the image is complete. */
  finish(sizeBytes: number): void;
  /** Gives the sink up, complete or not. */
  close(): void;
}

/** A file that exists and is empty. @param isRead whether it is read meanwhile */
export function fileSink(path: string, isRead = false): Sink {
  const flags = (isRead ? O_RDWR : O_WRONLY) | O_NOFOLLOW;
  // Claimed as a regular file: a link in its place leads to somebody else's.
  const fd = explained(path, () => openAt(CURRENT_FOLDER, path, flags));
  return {
    ...(isRead ? { file: fd } : {}),
    keepsHoles: true,
    isBehind: false,
    catchUp: () => Promise.resolve(),
    write: (bytes, offset) => explained(path, () => writeAllAt(fd, bytes, offset)),
    finish: (sizeBytes) => explained(path, () => truncate(fd, sizeBytes)),
    close: () => explained(path, () => close(fd)),
  };
}

/** Writes; a failure is reported with what to do. */
export function explained<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw explainWrite(path, error);
  }
}
