/**
 * The errors of parts that are not there, or not what they were. What lies in other parts can be
 * read all the same.
 * @module
 */

import { printable } from "../../../host/libc/paths.ts";
import { StoredDamageError } from "../stored_damage_error.ts";

/** A part, and which bytes of the whole it holds. */
export interface PartExtent {
  readonly name: string;
  /** Counted from 0. */
  readonly index: number;
  readonly startBytes: number;
  readonly sizeBytes: number;
}

/** @param shownName What the user named. */
export function missingPart(shownName: string, part: PartExtent): StoredDamageError {
  return partDamage("missing-part", shownName, part, `missing: ${printable(part.name)}`);
}

/** A part of another size than it has to have. @param has How many bytes it has. */
export function cutPart(
  shownName: string,
  part: PartExtent,
  has: string,
): StoredDamageError {
  const why = `not what it was: ${printable(part.name)} has ${has} bytes instead of ` +
    part.sizeBytes;
  return partDamage("cut-part", shownName, part, why);
}

/** What is wrong with a part of this machine, and how much of it is there. */
export function faultOf(
  part: PartExtent,
  actualBytes: number | undefined,
  shownName: string,
): { readonly error: StoredDamageError; readonly presentBytes: number } {
  if (actualBytes === undefined) return { error: missingPart(shownName, part), presentBytes: 0 };
  const error = cutPart(shownName, part, `${actualBytes}`);
  return { error, presentBytes: Math.min(actualBytes, part.sizeBytes) };
}

function partDamage(
  code: string,
  shownName: string,
  { index, startBytes, sizeBytes }: PartExtent,
  why: string,
): StoredDamageError {
  const endBytes = startBytes + sizeBytes;
  const piece = { piece: "part", index: index + 1, startBytes, endBytes, why };
  return new StoredDamageError(code, shownName, piece);
}
