/**
 * An image in a file or on a block device of this machine.
 * @module
 */

import { EnvironmentError } from "../environment_error.ts";
import { unreadable } from "../files/file_status.ts";
import { hasCode } from "../libc/errno.ts";
import type { Descriptor } from "../libc/files.ts";
import type { HostBlockSource } from "./block_source.ts";
import type { Descriptors } from "./descriptors.ts";
import { type LocalFile, openLocalFile } from "./local_file.ts";
import { shownLocation } from "./location.ts";

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFDIR = 0o040000;
const S_IFBLK = 0o060000;

/**
 * Opens a file or a block device. It answers at once, without promises.
 *
 * @param descriptors What it shares them with; default: it keeps its own.
 * @throws EnvironmentError when it does not exist, may not be read, or is neither.
 */
export function openFileSource(path: string, descriptors?: Descriptors): HostBlockSource {
  const shownName = shownLocation(path);
  const opened = openForReading(path, shownName);
  const isShared = descriptors !== undefined && (opened.mode & S_IFMT) === S_IFREG;
  const file = isShared
    ? descriptors.share(opened, shownName, () => openForReading(path, shownName))
    : opened;
  try {
    return new FileSource(file, sizeOf(file, shownName), shownName);
  } catch (error) {
    file.close();
    throw error;
  }
}

class FileSource implements HostBlockSource {
  readonly isLocal = true;
  #file: LocalFile | undefined;

  constructor(file: LocalFile, readonly sizeBytes: number, readonly shownName: string) {
    this.#file = file;
  }

  get file(): Descriptor | undefined {
    return this.#regularFile?.descriptor;
  }

  get identity(): string | undefined {
    return this.#regularFile?.identity;
  }

  get #regularFile(): LocalFile | undefined {
    const file = this.#file;
    return file !== undefined && (file.mode & S_IFMT) === S_IFREG ? file : undefined;
  }

  read(offsetBytes: number, into: Uint8Array): void {
    if (this.#file === undefined) throw closedError(this.shownName);
    let done: number;
    try {
      done = this.#file.read(offsetBytes, into);
    } catch (error) {
      if (error instanceof EnvironmentError) throw error;
      throw unreadable(this.shownName, error);
    }
    if (done === into.length) return;
    throw new EnvironmentError(
      `cannot read ${this.shownName}: it was ${this.sizeBytes} bytes long when it was opened, and ` +
        `now ends at ${offsetBytes + done}. Something cut it; leave it alone while it is read.`,
      "image-changed",
    );
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    file?.close();
  }
}

/** The error of a read after the end. */
export function closedError(shownName: string): EnvironmentError {
  return new EnvironmentError(
    `cannot read ${shownName}: it was closed. Open it again, or close it later.`,
    "image-closed",
  );
}

function openForReading(path: string, shownName: string): LocalFile {
  try {
    return openLocalFile(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ENOTDIR")) throw unreadable(shownName, error);
    const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
    throw new EnvironmentError(
      isUrl
        ? `cannot read ${shownName}: of addresses only http, https and s3 are read in place. ` +
          "Download it first."
        : `cannot read ${shownName}: it does not exist. Check the path.`,
      "no-image",
      { cause: error },
    );
  }
}

function sizeOf(file: LocalFile, shownName: string): number {
  switch (file.mode & S_IFMT) {
    case S_IFREG:
      return file.sizeBytes;
    case S_IFBLK:
      return file.deviceBytes();
    case S_IFDIR:
      throw new EnvironmentError(
        `cannot read ${shownName}: it is a folder. Name an image in it.`,
        "no-image",
      );
    default:
      throw new EnvironmentError(
        `cannot read ${shownName}: it is neither a file nor a block device, and an image is read ` +
          "at any place. Write it to a file first.",
        "no-image",
      );
  }
}
