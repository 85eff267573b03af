/**
 * The header of an age file: to whom it is encrypted, and the file's key for each of them.
 *
 * Format: https://age-encryption.org/v1
 * @module
 */

import { CorruptImageError } from "../../../ext4/image_errors.ts";
import type { HostBlockSource } from "../../../host/block_source/block_source.ts";

/** A header as it lies there. */
export interface AgeHeader {
  /** All of it, with the line of its checksum. */
  readonly bytes: Uint8Array;
  /** The kinds of recipients, in order, e.g. `X25519`, `scrypt`, `ssh-rsa`. */
  readonly recipientKinds: readonly string[];
}

/** What an age file begins with. */
export const AGE_MAGIC = "age-encryption.org/v1\n";

const FIRST_BYTES = 4096;
/** Room for thousands of recipients; each costs time to try. */
const MOST_BYTES = 1 << 20;
const LAST_LINE = /\n--- [A-Za-z0-9+/]{43}\n/;
const RECIPIENT = /^-> ([!-~]+)/gm;

/** Reads the header. @throws CorruptImageError `age-header` where it has no end. */
export async function readHeader(source: HostBlockSource): Promise<AgeHeader> {
  for (let wanted = FIRST_BYTES;; wanted *= 4) {
    const bytes = new Uint8Array(Math.min(wanted, source.sizeBytes));
    await source.read(0, bytes);
    const text = new TextDecoder("latin1").decode(bytes);
    const last = LAST_LINE.exec(text);
    if (last !== null) {
      const end = last.index + last[0].length;
      const kinds = text.slice(0, end).matchAll(RECIPIENT);
      return { bytes: bytes.slice(0, end), recipientKinds: Array.from(kinds, ([, kind]) => kind!) };
    }
    if (bytes.length === source.sizeBytes) throw badHeader(source.shownName, "it is cut short");
    if (wanted >= MOST_BYTES) throw badHeader(source.shownName, "it does not end");
  }
}

/** The error of a header that cannot be understood. */
export function badHeader(shownName: string, why: string, options?: ErrorOptions) {
  return new CorruptImageError(
    "age-header",
    "the age header",
    `cannot read ${shownName}: it is encrypted with age, and its header is damaged: ${why}. ` +
      "Use another copy of it.",
    {},
    options,
  );
}
