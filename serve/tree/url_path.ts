/**
 * Paths of bytes as parts of an address, and back: any name a file can have survives the way.
 * @module
 */

const SLASH = 0x2f;
const PLAIN = /^[A-Za-z0-9\-._~]$/;

/** What each byte becomes: itself where RFC 3986 calls it unreserved, else `%XX`. */
const FORMS = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return byte === SLASH || PLAIN.test(character)
    ? character
    : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

/** A path, or a name, as a part of an address: nothing in it but letters, digits, `-._~/` and `%XX`. */
export function encodePath(path: Uint8Array): string {
  let text = "";
  for (let i = 0; i < path.length; i++) text += FORMS[path[i]!]!;
  return text;
}

/**
 * The path that a part of an address stands for, without slashes at either end.
 *
 * @returns `undefined` for what no page of ours links to: `.` and `..`, a NUL, a slash that was
 * encoded, a `%` that begins no byte, or a character that should have been encoded
 */
export function decodePath(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let byte = text.charCodeAt(i);
    if (byte === 0x25) {
      const hex = text.slice(i + 1, i + 3);
      if (!/^[0-9a-f]{2}$/i.test(hex)) return undefined;
      byte = parseInt(hex, 16);
      if (byte === SLASH) return undefined;
      i += 2;
    }
    if (byte === 0 || byte > 0xff) return undefined;
    bytes[length++] = byte;
  }
  const path = trimmed(bytes.subarray(0, length));
  return namesOf(path).some(isDots) ? undefined : path;
}

/** The names of a path, in order. */
export function namesOf(path: Uint8Array): Uint8Array[] {
  const names: Uint8Array[] = [];
  for (let start = 0; start < path.length;) {
    const slash = path.indexOf(SLASH, start);
    const end = slash < 0 ? path.length : slash;
    if (end > start) names.push(path.subarray(start, end));
    start = end + 1;
  }
  return names;
}

/** A folder's path and a name in it; the root's is empty. */
export function pathBelow(folder: Uint8Array, name: Uint8Array): Uint8Array {
  if (folder.length === 0) return name;
  if (name.length === 0) return folder;
  const path = new Uint8Array(folder.length + 1 + name.length);
  path.set(folder);
  path[folder.length] = SLASH;
  path.set(name, folder.length + 1);
  return path;
}

/** The folder that holds it, and its name. */
export function splitName(path: Uint8Array): { folder: Uint8Array; name: Uint8Array } {
  const slash = path.lastIndexOf(SLASH);
  return {
    folder: path.subarray(0, Math.max(slash, 0)),
    name: path.subarray(slash + 1),
  };
}

function trimmed(path: Uint8Array): Uint8Array {
  let [start, end] = [0, path.length];
  while (start < end && path[start] === SLASH) start++;
  while (end > start && path[end - 1] === SLASH) end--;
  return path.subarray(start, end);
}

function isDots(name: Uint8Array): boolean {
  return name.length <= 2 && name.every((byte) => byte === 0x2e);
}
