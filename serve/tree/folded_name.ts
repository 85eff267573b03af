/**
 * Names and words as they are compared: case does not matter, nor how an accent is put together.
 * @module
 */

/** The words of a query, folded as names are. */
export function wordsOf(query: string): string[] {
  return query.split(/\s+/).filter((word) => word !== "").map(folded);
}

/** Most names are ASCII, for which there is a faster way than a decoder. */
export function foldedName(name: Uint8Array): string {
  let text = "";
  for (let i = 0; i < name.length; i++) {
    const byte = name[i]!;
    if (byte >= 0x80) return folded(decoder.decode(name));
    text += ASCII[byte]!;
  }
  return text;
}

/** The same as UTF-8. */
export function foldedBytes(name: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(name.length);
  for (let i = 0; i < name.length; i++) {
    const byte = name[i]!;
    if (byte >= 0x80) return encoder.encode(folded(decoder.decode(name)));
    bytes[i] = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
  }
  return bytes;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code).toLowerCase());

function folded(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
