/**
 * What a file is that is no image, as far as its first bytes tell.
 * @module
 */

import { CorruptImageError } from "../../ext4/errors.ts";
import type { HostBlockSource } from "../../host/block_source/block_source.ts";

/** Whether an error says that there is no superblock at all, so that nothing of it can be read. */
export function saysNoImage(error: unknown): error is CorruptImageError {
  if (!(error instanceof CorruptImageError)) return false;
  return error.code === "not-ext4" || (error.code === "truncated" && !("expected" in error.fields));
}

/** The same error with the file's name, and with what is known of such a file. */
export async function withName(
  error: CorruptImageError,
  source: HostBlockSource,
): Promise<CorruptImageError> {
  const { code, structure, fields } = error;
  const hint = hintFor(await beginning(source), source.shownName);
  const why = code === "not-ext4"
    ? "it has no ext2, ext3 or ext4 superblock"
    : `it ends before its superblock (${source.sizeBytes} bytes)`;
  const message = `cannot read ${source.shownName}: ` +
    (hint ?? `${why}. See whether it is the right file; if it is, use another copy of it.`);
  return new CorruptImageError(code, structure, message, fields, { cause: error });
}

/** What files that are taken for images begin with, at `offset`. */
const KINDS: readonly (readonly [offset: number, magic: string, hint: (name: string) => string])[] =
  [
    [0, "\x28\xb5\x2f\xfd", (name) => `it is compressed. Unpack it with zstd -d ${name}`],
    [0, "\x1f\x8b", (name) => `it is compressed. Unpack it with gunzip ${name}`],
    [0, "\xfd7zXZ", (name) => `it is compressed. Unpack it with unxz ${name}`],
    [0, "age-encryption.org/", (name) => `it is encrypted. Decrypt it with age -d ${name}`],
    [0, "-----BEGIN AGE", (name) => `it is encrypted. Decrypt it with age -d ${name}`],
    [0, "hsqs", () => "it is a squashfs image. Read it with unsquashfs"],
    [257, "ustar", (name) => `it is a tar archive. Read it with tar -tvf ${name}`],
    [512, "EFI PART", () => "it is a whole disk with partitions. Name one of them"],
  ];

function hintFor(bytes: Uint8Array, name: string): string | undefined {
  const text = String.fromCharCode(...bytes);
  const found = KINDS.find(([offset, magic]) => text.startsWith(magic, offset));
  return found === undefined ? undefined : `${found[2](name)}.`;
}

/** Enough of it to know it by; nothing where even that cannot be had. */
async function beginning(source: HostBlockSource): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.min(LOOKED_AT_BYTES, source.sizeBytes));
  try {
    await source.read(0, bytes);
    return bytes;
  } catch {
    return new Uint8Array();
  }
}

const LOOKED_AT_BYTES = 1024;
