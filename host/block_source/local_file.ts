/**
 * A file or block device that is open for reading: by the C library, which costs least, or by Node's
 * own functions where that cannot be called.
 * @module
 */

import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_NONBLOCK,
  O_RDONLY,
  openAt,
  readFullyAt,
  seek,
} from "../libc/files.ts";
import { StatusBuffer, statusOfOpen } from "../libc/status.ts";
import { hasForeignFunctions } from "../runtime.ts";

/** An open file. All throw errors with the `code` of the system. */
export interface LocalFile {
  /** `st_mode`. */
  readonly mode: number;
  /** Of a regular file. */
  readonly sizeBytes: number;
  /** Which file it is, and when it was last written to: equal for what is the same. */
  readonly identity: string;
  /** By the C library alone. */
  readonly descriptor?: Descriptor;
  /** Of a block device. */
  deviceBytes(): number;
  /** Fills `into`. @returns Bytes read: fewer at the end. */
  read(offsetBytes: number, into: Uint8Array): number;
  close(): void;
}

/** Opens a file; a named pipe is not waited for. */
export function openLocalFile(path: string): LocalFile {
  return hasForeignFunctions() ? openByLibc(path) : openByNode(path);
}

function openByLibc(path: string): LocalFile {
  const fd: Descriptor = openAt(CURRENT_FOLDER, path, O_RDONLY | O_NONBLOCK);
  const status = new StatusBuffer();
  try {
    statusOfOpen(fd, status);
  } catch (error) {
    close(fd);
    throw error;
  }
  return {
    mode: status.mode,
    sizeBytes: status.sizeBytes,
    identity: [status.inodeKey, status.sizeBytes, ...Object.values(status.mtime)].join(" "),
    descriptor: fd,
    deviceBytes: () => seek(fd, 0, "end"),
    read: (offsetBytes, into) => readFullyAt(fd, into, offsetBytes),
    close: () => close(fd),
  };
}

/** What Linux counts the blocks of a device in. */
const SECTOR_BYTES = 512;

function openByNode(path: string): LocalFile {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const { mode, size, rdev, dev, ino, mtimeNs } = fstatSync(fd, { bigint: true });
  return {
    mode: Number(mode),
    sizeBytes: Number(size),
    identity: [dev, ino, size, mtimeNs].join(" "),
    // Nothing here seeks to its end.
    deviceBytes: () =>
      Number(readFileSync(`/sys/dev/block/${rdev >> 8n}:${rdev & 0xffn}/size`, "utf8")) *
      SECTOR_BYTES,
    read(offsetBytes, into) {
      let done = 0;
      while (done < into.length) {
        const count = readSync(fd, into, done, into.length - done, offsetBytes + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    },
    close: () => closeSync(fd),
  };
}
