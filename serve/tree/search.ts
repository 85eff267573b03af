/**
 * Searches names: walks the metadata of an image, and reports each hit as it is met.
 * @module
 */

import type { ImageReader, Stat } from "icecore/read";
import { Breather } from "../../host/breathe.ts";
import { foldedName, wordsOf } from "./folded_name.ts";
import { type NameIndex, TooLargeError } from "./name_index.ts";
import { realPath } from "./real_path.ts";
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
 * @param index Of its names, if there is one.
 * @throws the signal's reason; CorruptImageError
 */
export async function* search(
  image: ImageReader,
  folder: Uint8Array,
  query: string,
  signal: AbortSignal,
  index?: NameIndex,
): AsyncGenerator<Hit> {
  const words = wordsOf(query);
  if (words.length === 0) return;
  let countFound = 0;
  if (index !== undefined) {
    try {
      for await (const hit of searchIndex(image, folder, words, signal, index)) {
        countFound++;
        yield hit;
      }
      return;
    } catch (error) {
      // There are too many names: the rest is looked for as if there had never been an index.
      if (!(error instanceof TooLargeError)) throw error;
    }
  }
  const breather = new Breather(signal);
  const { inode } = await image.stat(folder, { followSymlinks: true });
  for await (const entry of image.walk(inode)) {
    if (breather.due) await breather.pause();
    if (!hasWords(foldedName(entry.name), words)) continue;
    if (countFound-- > 0) continue;
    const { kind, sizeBytes, mtime } = entry.stat;
    const path = pathBelow(folder, entry.path);
    yield { path, kind, sizeBytes, mtimeSeconds: mtime.seconds };
  }
}

async function* searchIndex(
  image: ImageReader,
  folder: Uint8Array,
  words: readonly string[],
  signal: AbortSignal,
  index: NameIndex,
): AsyncGenerator<Hit> {
  const real = await realPath(image, folder);
  const bytes = words.map((word) => encoder.encode(word));
  for await (const { path, ...hit } of index.search(real, bytes, signal)) {
    const below = real.length === 0 ? path : path.subarray(real.length + 1);
    yield { ...hit, path: pathBelow(folder, below) };
  }
}

const encoder = new TextEncoder();

function hasWords(name: string, words: readonly string[]): boolean {
  for (const word of words) if (!name.includes(word)) return false;
  return true;
}
