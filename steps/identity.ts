/**
 * What identifies a volume: its label and its UUID.
 * @module
 */

import { UsageError } from "../pipeline/build_errors.ts";

/** Bytes of `s_volume_name`. */
const LABEL_BYTES = 16;

/** @throws UsageError when a label is longer than ext4 can hold, or holds a NUL. */
export function checkLabel(label: string | undefined): void {
  const length = new TextEncoder().encode(label ?? "").length;
  if (length <= LABEL_BYTES && label?.includes("\0") !== true) return;
  throw new UsageError(
    `cannot use ${JSON.stringify(label)} as the label: it has ${length} bytes, ` +
      `and ext4 holds ${LABEL_BYTES}. Choose a shorter one.`,
    "bad-label",
  );
}

/** @throws UsageError when a text is not a UUID. */
export function checkUuid(uuid: string | undefined): void {
  const hex = "[0-9a-f]";
  const form = new RegExp(`^${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}$`, "i");
  if (uuid === undefined || form.test(uuid)) return;
  throw new UsageError(
    `cannot use ${JSON.stringify(uuid)} as the UUID: it is not a UUID. ` +
      "Write one as uuidgen prints it, such as 01234567-89ab-cdef-0123-456789abcdef.",
    "bad-uuid",
  );
}
