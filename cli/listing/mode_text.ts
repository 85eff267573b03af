/**
 * Modes as `ls -l` prints them.
 * @module
 */

import type { FileKind } from "../../ext4/reader/metadata/stat.ts";

const LETTERS: Readonly<Record<FileKind, string>> = {
  file: "-",
  folder: "d",
  symlink: "l",
  "character-device": "c",
  "block-device": "b",
  fifo: "p",
  socket: "s",
};

/** Type and permissions in ten characters, e.g. `drwxr-xr-x`. */
export function modeText(
  { kind, mode }: { readonly kind: FileKind; readonly mode: number },
): string {
  const three = (shift: number, special: number, letter: string) => {
    const bits = mode >> shift;
    const runs = (bits & 1) !== 0;
    const isSpecial = (mode & special) !== 0;
    const last = isSpecial ? (runs ? letter : letter.toUpperCase()) : runs ? "x" : "-";
    return `${(bits & 4) !== 0 ? "r" : "-"}${(bits & 2) !== 0 ? "w" : "-"}${last}`;
  };
  return LETTERS[kind] + three(6, 0o4000, "s") + three(3, 0o2000, "s") + three(0, 0o1000, "t");
}
