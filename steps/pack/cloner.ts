/**
 * Clones whole blocks of source files into the image, where both lie on a file system that can.
 * @module
 */

import { EnvironmentError } from "../../host/environment_error.ts";
import { areClonesReliable, cloneRange } from "../../host/libc/clone.ts";
import type { SystemError } from "../../host/libc/errno.ts";
import { type Descriptor, readFullyAt } from "../../host/libc/files.ts";
import { StatusBuffer, statusOfOpen } from "../../host/libc/status.ts";

/** Blocks of this size are cloned, and no others: file systems that can clone have such. */
export const CLONED_BLOCK_BYTES = 4096;
/** Copying less takes less time than cloning it. */
const WORTH_BYTES = 64 * 1024;
/** What every further file would be refused for as well. */
const FOR_ALL = ["EOPNOTSUPP", "ENOTTY", "ENOSYS"];

/** When to clone. */
export type ReflinkMode = "auto" | "always" | "never";

/** What came of it. */
export interface Cloned {
  readonly bytes: number;
  /** Why files were copied that could have been cloned, and how many: at most once a reason. */
  readonly refusals: ReadonlyMap<string, number>;
}

/** Clones into one image. */
export class Cloner {
  #bytes = 0;
  #isOff = false;
  readonly #refusals = new Map<string, number>();
  readonly #status = new StatusBuffer();

  /**
   * @param image open for reading and writing
   * @param mode `always`: a refusal fails the build
   */
  constructor(private readonly image: Descriptor, private readonly mode: "auto" | "always") {
    if (mode === "auto" && !areClonesReliable(image)) {
      this.#isOff = true;
      this.#refusals.set("clones on ZFS are not relied on", 1);
    }
  }

  get cloned(): Cloned {
    return { bytes: this.#bytes, refusals: this.#refusals };
  }

  /**
   * Clones as many whole blocks of a range as there are.
   * @param path of the file, for errors
   * @returns bytes that now are the image's, from the start of the range; 0 where all is to be copied
   * @throws EnvironmentError `no-reflink` in mode `always`
   */
  clone(
    fd: Descriptor,
    offsetBytes: number,
    lengthBytes: number,
    imageOffsetBytes: number,
    path: () => string,
  ): number {
    const whole = lengthBytes - lengthBytes % CLONED_BLOCK_BYTES;
    const least = this.mode === "always" ? CLONED_BLOCK_BYTES : WORTH_BYTES;
    if (this.#isOff || whole < least) return 0;
    const range = { fd, offsetBytes, lengthBytes: whole };
    const refusal = cloneRange(range, this.image, imageOffsetBytes);
    if (refusal === undefined) {
      this.#bytes += whole;
      return whole;
    }
    // A file that was cut meanwhile is none of the file system's refusals: reading it names it.
    if (this.#endsBefore(fd, offsetBytes + whole)) return 0;
    if (this.mode === "always") throw cannotClone(path(), refusal);
    const why = whyRefused(refusal);
    this.#refusals.set(why, (this.#refusals.get(why) ?? 0) + 1);
    this.#isOff = FOR_ALL.includes(refusal.code);
    return 0;
  }

  /** Reads what the image holds. @throws EnvironmentError where that is not all there */
  read(into: Uint8Array, imageOffsetBytes: number): void {
    if (readFullyAt(this.image, into, imageOffsetBytes) === into.length) return;
    throw new EnvironmentError(
      "cannot read back what was cloned into the image: it has become shorter. Look after the " +
        "disk, or build with copies instead of clones.",
      "no-reflink",
    );
  }

  #endsBefore(fd: Descriptor, endBytes: number): boolean {
    statusOfOpen(fd, this.#status);
    return this.#status.sizeBytes < endBytes;
  }
}

/** Why a clone was refused, as part of a sentence. */
export function whyRefused({ code, meaning }: SystemError): string {
  return WHY[code] ?? meaning;
}

function cannotClone(path: string, refusal: SystemError): EnvironmentError {
  return new EnvironmentError(
    `cannot clone ${path} into the image: ${whyRefused(refusal)}. Let it be copied instead, or ` +
      "build where source and image lie on one btrfs or XFS.",
    "no-reflink",
  );
}

const WHY: Readonly<Record<string, string>> = {
  EXDEV: "they lie on different file systems",
  EOPNOTSUPP: "the file system cannot clone, or not this file",
  ENOTTY: "the file system cannot clone",
  EINVAL: "the file system refuses it, as btrfs does for a file without copy-on-write",
  ETXTBSY: "it is in use as swap space",
  EPERM: "it, or the image, must not be changed",
};
