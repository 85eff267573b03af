/**
 * A piece of what an image is stored in that cannot be opened: files that do not lie in it can be
 * read all the same.
 * @module
 */

import { CorruptImageError } from "../../ext4/image_errors.ts";
import { DamagedFileError } from "../../pipeline/build_errors.ts";

/** Where the damage is. */
interface DamagedPiece {
  /** What kind of piece, e.g. `the encrypted chunk`. */
  readonly piece: string;
  /** Which, counted from 0. */
  readonly index: number;
  /** The bytes of what is within that it would have had. */
  readonly startBytes: number;
  readonly endBytes: number;
  /** What it is; default: damaged. */
  readonly why?: string;
}

/** An encrypted chunk or a compressed frame is damaged. */
export class StoredDamageError extends CorruptImageError {
  /** What is wrong, as the part of a sentence. */
  readonly reason: string;

  constructor(code: string, shownName: string, damaged: DamagedPiece) {
    const { piece, index, startBytes, endBytes, why = "damaged" } = damaged;
    const reason = `${piece} ${index} of ${shownName} is ${why}`;
    super(
      code,
      piece,
      `cannot read bytes ${startBytes} to ${endBytes} of the image: ${reason}. ` +
        "Use another copy of it.",
      { index, startBytes, endBytes },
    );
    this.reason = reason;
  }
}

/** The same about a file of the image of which a part lies there. @param path as it is shown */
export function asDamagedFile(error: StoredDamageError, path: string): DamagedFileError {
  return new DamagedFileError(path, error.reason, { cause: error });
}
