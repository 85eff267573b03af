/**
 * Searches names: walks the metadata of an image, and reports each hit as it is met.
 * @module
 */

import type { ImageReader, Stat } from "icecore/read";
import { Breather } from "../../host/breathe.ts";
import { pathBelow } from "./url_path.ts";

/** A name that holds all words that were looked for. */
export interface Hit {
  /** From the root of the image. */
  readonly path: Uint8Array;
  readonly kind: Stat["kind"];
  readonly sizeBytes: number;
  readonly mtimeSeconds: number;
}

/**
 * What is below a folder and has all words in its name; case does not matter, nor how an accent is
 * put together.
 *
 * @param folder From the root of the image.
 * @throws the signal's reason; CorruptImageError
 */
export async function* search(
  image: ImageReader,
  folder: Uint8Array,
  query: string,
  signal: AbortSignal,
): AsyncGenerator<Hit> {
  const words = wordsOf(query);
  if (words.length === 0) return;
  const breather = new Breather(signal);
  const { inode } = await image.stat(folder, { followSymlinks: true });
  for await (const entry of image.walk(inode)) {
    if (breather.due) await breather.pause();
    if (!hasWords(foldedName(entry.name), words)) continue;
    const { kind, sizeBytes, mtime } = entry.stat;
    const path = pathBelow(folder, entry.path);
    yield { path, kind, sizeBytes, mtimeSeconds: mtime.seconds };
  }
}

/** The words of a query, folded as names are. */
export function wordsOf(query: string): string[] {
  return query.split(/\s+/).filter((word) => word !== "").map(folded);
}

function hasWords(name: string, words: readonly string[]): boolean {
  for (const word of words) if (!name.includes(word)) return false;
  return true;
}

const decoder = new TextDecoder();

/** Most names are ASCII, for which there is a faster way than a decoder. */
function foldedName(name: Uint8Array): string {
  let text = "";
  for (let i = 0; i < name.length; i++) {
    const byte = name[i]!;
    if (byte >= 0x80) return folded(decoder.decode(name));
    text += ASCII[byte]!;
  }
  return text;
}

const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code).toLowerCase());

function folded(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
