/**
 * The marks by which a layer says what is gone: those of overlayfs, so that the kernel reads them.
 *
 * Kernel Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories" and "Nesting
 * overlayfs mounts".
 * @module
 */

import { compareBytes } from "../../ext4/compare_bytes.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import type { Xattr } from "../../ext4/tree.ts";

const encoder = new TextEncoder();
const OURS = encoder.encode("trusted.overlay.");
const ESCAPED = encoder.encode("trusted.overlay.overlay.");
const OPAQUE = encoder.encode("trusted.overlay.opaque");
const YES = 0x79;

/** Whether a name with this metadata says that the name is gone. */
export function isWhiteout({ kind, device }: Pick<Stat, "kind" | "device">): boolean {
  return kind === "character-device" && device?.major === 0 && device.minor === 0;
}

/** Whether attributes say that a folder hides what lies below it. */
export function saysOpaque(xattrs: readonly Xattr[]): boolean {
  return xattrs.some(({ name, value }) =>
    value.length === 1 && value[0] === YES && compareBytes(name, OPAQUE) === 0
  );
}

/** Attributes as a stack shows them: no marks, and what was escaped as it was. */
export function withoutMarks(xattrs: readonly Xattr[]): Xattr[] {
  return xattrs.flatMap((xattr) => {
    const { name } = xattr;
    if (!startsWith(name, OURS)) return [xattr];
    if (!startsWith(name, ESCAPED)) return [];
    const shown = new Uint8Array(name.length - (ESCAPED.length - OURS.length));
    shown.set(OURS);
    shown.set(name.subarray(ESCAPED.length), OURS.length);
    return [{ ...xattr, name: shown }];
  });
}

function startsWith(name: Uint8Array, start: Uint8Array): boolean {
  return name.length > start.length && start.every((byte, i) => name[i] === byte);
}
