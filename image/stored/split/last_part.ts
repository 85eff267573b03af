/**
 * What is said of parts without a manifest that make an image which is cut short.
 * @module
 */

import { CorruptImageError } from "../../../ext4/image_errors.ts";
import type { HostBlockSource } from "../../../host/block_source/block_source.ts";
import { printable } from "../../../host/libc/paths.ts";
import { PartsSource } from "./parts_source.ts";

/** The same error; where parts behind the last one seem to be missing, it names that one. */
export function withLastPart(error: unknown, source: HostBlockSource): unknown {
  const isCut = error instanceof CorruptImageError && error.code === "truncated";
  if (!isCut || !(source instanceof PartsSource)) return error;
  const last = source.parts.at(-1);
  if (source.about.manifest !== undefined || last === undefined) return error;
  const { code, structure, fields, message } = error;
  const more = `The last part that was found is ${printable(last.name)}: see whether others are ` +
    "missing behind it.";
  return new CorruptImageError(code, structure, `${message} ${more}`, fields, { cause: error });
}
