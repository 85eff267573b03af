/**
 * Header `Content-Disposition`: what a download is called (RFC 6266, RFC 8187).
 * @module
 */

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * The header. Nothing of a name gets into it but letters, digits and `._-`, and the rest as `%XX`:
 * no quote ends it, and no line.
 */
export function disposition(name: Uint8Array, isSaved: boolean): string {
  const text = decoder.decode(name);
  const plain = text.replace(/[^A-Za-z0-9._ -]/g, "_");
  const kind = isSaved ? "attachment" : "inline";
  return `${kind}; filename="${plain}"; filename*=UTF-8''${extended(text)}`;
}

function extended(text: string): string {
  let value = "";
  for (const byte of encoder.encode(text)) {
    const character = String.fromCharCode(byte);
    value += /[A-Za-z0-9._-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return value;
}
