/**
 * Paths as text that can be turned back into their bytes: UTF-8 as it is, any other byte, control
 * characters and `%` as `%XX`.
 * @module
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A path, or a name, as text. */
export function pathText(bytes: Uint8Array): string {
  try {
    const text = decoder.decode(bytes);
    // deno-lint-ignore no-control-regex -- finding control characters is the point
    return text.replace(/[%\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (it) => {
      let escaped = "";
      for (const byte of encoder.encode(it)) escaped += escapedByte(byte);
      return escaped;
    });
  } catch {
    let text = "";
    for (const byte of bytes) {
      const isPlain = byte > 0x1f && byte < 0x7f && byte !== PERCENT;
      text += isPlain ? String.fromCharCode(byte) : escapedByte(byte);
    }
    return text;
  }
}

/** The bytes of a text that {@linkcode pathText} made. */
export function pathBytes(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (!text.includes("%")) return bytes;
  const result = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const isEscape = bytes[i] === PERCENT;
    result[length++] = isEscape
      ? parseInt(String.fromCharCode(bytes[i + 1] ?? 0, bytes[i + 2] ?? 0), 16)
      : bytes[i]!;
    if (isEscape) i += 2;
  }
  return result.subarray(0, length);
}

const PERCENT = 0x25;

function escapedByte(byte: number): string {
  return `%${byte.toString(16).padStart(2, "0")}`;
}
