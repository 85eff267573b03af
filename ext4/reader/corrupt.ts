/**
 * The one form in which the reader says that an image is damaged.
 * @module
 */

import { CorruptImageError, type ErrorFields } from "../image_errors.ts";

/**
 * An error about a structure of the image.
 * @param code stable, kebab-case, e.g. `inode-checksum`
 * @param structure the kernel's name, e.g. `ext4_inode`
 * @param why the rest of "cannot read STRUCTURE: …", without a full stop
 * @param fields where it lies and which numbers disagree; the message repeats them
 */
export function corrupt(
  code: string,
  structure: string,
  why: string,
  fields: ErrorFields = {},
): CorruptImageError {
  const numbers = Object.entries(fields).map(([key, value]) => `${key} ${value}`).join(", ");
  const where = numbers === "" ? "" : ` (${numbers})`;
  return new CorruptImageError(
    code,
    structure,
    `cannot read ${structure}: ${why}${where}. The image is damaged: use another copy of it.`,
    fields,
  );
}

/** An error about a checksum that does not fit. */
export function badChecksum(
  code: string,
  structure: string,
  stored: number,
  computed: number,
  fields: ErrorFields = {},
): CorruptImageError {
  return corrupt(code, structure, "its checksum does not fit its bytes", {
    ...fields,
    stored: hex(stored),
    computed: hex(computed),
  });
}

/** A number as 0x…, the form in which dumpe2fs and debugfs print checksums and flags. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
