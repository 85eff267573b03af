/**
 * The marks by which overlayfs, and so a layer, says what is gone or covered.
 *
 * Source: kernel Documentation/filesystems/overlayfs.rst "whiteouts and opaque directories" and
 * "Nesting overlayfs mounts". `docs/decisions/stacks.md` says how layers use them.
 * @module
 */

import { type DeviceNumber, S_IFCHR, S_IFMT, type Xattr } from "./tree.ts";

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** Attributes whose names begin so are overlayfs' own, unless they are escaped. */
const PREFIX = ascii("trusted.overlay.");
/** What an escaped name has behind the prefix, once for each overlayfs that is to take it off. */
const ESCAPE = ascii("overlay.");

/** The attribute of a folder that nothing below shows through. */
export const OPAQUE_MARK: Xattr = { name: ascii("trusted.overlay.opaque"), value: ascii("y") };

/** The mode of a whiteout; its device is 0/0. */
export const WHITEOUT_MODE = S_IFCHR;

/** The device of a whiteout. */
export const WHITEOUT_DEVICE: DeviceNumber = { major: 0, minor: 0 };

/** Whether a node says that its name is gone. */
export function isWhiteout(mode: number, device: DeviceNumber | undefined): boolean {
  return (mode & S_IFMT) === S_IFCHR && device?.major === 0 && device.minor === 0;
}

/** Whether overlayfs takes an attribute of this name, escaped or not, for more than an attribute. */
export function isOverlayName(name: Uint8Array): boolean {
  return beginsWith(name, PREFIX, 0);
}

/** The name under which a layer stores an attribute of the source. */
export function escapedName(name: Uint8Array): Uint8Array {
  if (!isOverlayName(name)) return name;
  const escaped = new Uint8Array(name.length + ESCAPE.length);
  escaped.set(PREFIX);
  escaped.set(ESCAPE, PREFIX.length);
  escaped.set(name.subarray(PREFIX.length), PREFIX.length + ESCAPE.length);
  return escaped;
}

/** The name that overlayfs shows for an attribute; `undefined` where it is a mark, and not shown. */
export function shownXattrName(name: Uint8Array): Uint8Array | undefined {
  if (!isOverlayName(name)) return name;
  if (!beginsWith(name, ESCAPE, PREFIX.length)) return undefined;
  const shown = new Uint8Array(name.length - ESCAPE.length);
  shown.set(PREFIX);
  shown.set(name.subarray(PREFIX.length + ESCAPE.length), PREFIX.length);
  return shown;
}

/** The attributes that overlayfs shows of those that a layer holds. */
export function shownXattrs(stored: readonly Xattr[]): Xattr[] {
  return stored.flatMap(({ name, value }) => {
    const shown = shownXattrName(name);
    return shown === undefined ? [] : [{ name: shown, value }];
  });
}

/** Whether the attributes of a folder make it opaque. */
export function isOpaque(stored: readonly Xattr[]): boolean {
  return stored.some(({ name, value }) =>
    isSame(name, OPAQUE_MARK.name) && isSame(value, OPAQUE_MARK.value)
  );
}

/** Marks that no icecore makes, and that mean more than a reader of folders and devices can see. */
const FOREIGN_MARKS = ["redirect", "metacopy", "whiteout"].map((word) => ({
  word,
  name: ascii(`trusted.overlay.${word}`),
}));

/**
 * A mark that other programs leave in layers, and that icecore does not follow: of a folder that was
 * renamed, of a file whose contents lie below, and of what is gone, said by an attribute.
 */
export function foreignMark(stored: readonly Xattr[]): string | undefined {
  const hasMarkedFiles = stored.some(({ name, value }) =>
    isSame(name, OPAQUE_MARK.name) && isSame(value, MARKED_FILES_VALUE)
  );
  if (hasMarkedFiles) return "whiteout";
  return FOREIGN_MARKS.find((mark) => stored.some(({ name }) => isSame(name, mark.name)))?.word;
}

/** A folder in which files are marked as gone by an attribute is not opaque, but marked like this. */
const MARKED_FILES_VALUE = ascii("x");

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && beginsWith(a, b, 0);
}

function beginsWith(bytes: Uint8Array, prefix: Uint8Array, at: number): boolean {
  return bytes.length >= at + prefix.length && prefix.every((byte, i) => bytes[at + i] === byte);
}
