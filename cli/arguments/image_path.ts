/**
 * Paths in an image, as bytes.
 * @module
 */

const encoder = new TextEncoder();
const SLASH = 0x2f;

/** The path without slashes at its end; empty for the root. */
export function withoutSlashes(path: string | Uint8Array): Uint8Array {
  const bytes = typeof path === "string" ? encoder.encode(path) : path;
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === SLASH) end--;
  return bytes.subarray(0, end);
}

/** `folder`, a byte, and `name`. */
export function joined(folder: Uint8Array, name: Uint8Array, between = SLASH): Uint8Array {
  const path = new Uint8Array(folder.length + 1 + name.length);
  path.set(folder);
  path[folder.length] = between;
  path.set(name, folder.length + 1);
  return path;
}

/** A path below a folder, without a slash at its start where the folder is the root (empty). */
export function joinedBelow(folder: Uint8Array, path: Uint8Array): Uint8Array {
  if (path.length === 0) return folder;
  return folder.length === 0 ? path : joined(folder, path);
}
