/**
 * Names and paths as the kernel wants them: bytes with a final NUL.
 * @module
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A name or path as a C string. A string is encoded as UTF-8; bytes are taken as they are. */
export function cString(name: string | Uint8Array): Uint8Array {
  const bytes = typeof name === "string" ? encoder.encode(name) : name;
  const result = new Uint8Array(bytes.length + 1);
  result.set(bytes);
  return result;
}

const scratch = new Uint8Array(256);

/**
 * The same, without making a new array for a name: valid until the next call only.
 */
export function scratchCString(name: string | Uint8Array): Uint8Array {
  if (typeof name === "string" || name.length >= scratch.length) return cString(name);
  scratch.set(name);
  scratch[name.length] = 0;
  return scratch;
}

/** A part of an array as a C string of at most 255 bytes, without a view of it; valid as above. */
export function scratchCStringOf(bytes: Uint8Array, at: number, length: number): Uint8Array {
  for (let i = 0; i < length; i++) scratch[i] = bytes[at + i]!;
  scratch[length] = 0;
  return scratch;
}

/**
 * A name or path for people: control characters, backslashes and bytes that are not UTF-8 are
 * written as `\ooo` or `\n`, `\t`, `\\`, so that no name can play tricks on a terminal.
 */
export function printable(name: string | Uint8Array): string {
  const bytes = typeof name === "string" ? encoder.encode(name) : name;
  if (isPlain(bytes)) return decoder.decode(bytes);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    text = Array.from(
      bytes,
      (byte) =>
        byte >= 0x80 ? octal(byte) : byte === BACKSLASH ? "\\\\" : String.fromCharCode(byte),
    ).join("");
    return escapeControls(text, false);
  }
  return escapeControls(text, true);
}

/** Whether `printable` shows `bytes[start, end)` as they are: most names need no second look. */
export function isPlain(bytes: Uint8Array, start = 0, end: number = bytes.length): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return false;
  }
  return true;
}

const BACKSLASH = 0x5c;

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, "0")}`;
}

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r" };

function escapeControls(text: string, escapeBackslash: boolean): string {
  // Controls, also those of C1, and the marks that turn the direction of text.
  // deno-lint-ignore no-control-regex -- finding control characters is the point
  const pattern = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
  const escaped = escapeBackslash ? text.replaceAll("\\", "\\\\") : text;
  return escaped.replace(
    pattern,
    (character) =>
      SHORT[character] ?? Array.from(encoder.encode(character), (byte) => octal(byte)).join(""),
  );
}

/** Joins two parts of a path of bytes with one slash. */
export function joinBytes(folder: Uint8Array, name: Uint8Array): Uint8Array {
  if (folder.length === 0) return name;
  const slash = folder[folder.length - 1] === 0x2f ? 0 : 1;
  const result = new Uint8Array(folder.length + slash + name.length);
  result.set(folder);
  if (slash === 1) result[folder.length] = 0x2f;
  result.set(name, folder.length + slash);
  return result;
}
