/**
 * A path in an image as a user types it.
 * @module
 */

import type { FollowOptions } from "../../ext4/reader/file_system.ts";
import { leaveOut } from "../../ext4/reader/leave_out.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import { PathError } from "../../ext4/reader/path_error.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import { expandGlob, isGlob } from "./image_globs.ts";

/** What a path led to. */
export interface Found {
  readonly stat: Stat;
  /** The path as it led there. */
  readonly path: string | Uint8Array;
}

/**
 * Looks a path up. A path that `ls` printed with escapes, such as `caf\351`, also leads
 * to the file.
 *
 * @throws PathError when it leads nowhere
 */
export async function findTyped(
  image: ImageReader,
  typed: string | Uint8Array,
  options: FollowOptions = {},
): Promise<Found> {
  if (typeof typed !== "string") return { stat: await image.stat(typed, options), path: typed };
  try {
    return { stat: await image.stat(typed, options), path: typed };
  } catch (error) {
    const path = typed.includes("\\") ? bytesOfPrinted(typed) : undefined;
    if (path === undefined || !(error instanceof PathError)) throw error;
    const stat = await image.stat(path, options).catch((second) => {
      throw second instanceof PathError ? error : second;
    });
    return { stat, path };
  }
}

/**
 * The same, where folders on the way may be symbolic links but a link at the end stays one; as
 * `ls -l` does.
 */
export async function findTypedItself(
  image: ImageReader,
  typed: string | Uint8Array,
): Promise<Found> {
  try {
    return await findTyped(image, typed);
  } catch (error) {
    if (!(error instanceof PathError && error.code === "not-a-folder")) throw error;
    return await findTyped(image, typed, { followSymlinks: true });
  }
}

/**
 * Looks several paths up; what is broken or encrypted on the way to one is left out where that is
 * wanted, unless nothing remains. A path that leads nowhere may be a pattern, such as `2024/*.jpg`.
 */
export async function findAllTyped(
  image: ImageReader,
  typed: readonly string[],
  find: (path: string | Uint8Array) => Promise<Found>,
): Promise<Found[]> {
  const found: Found[] = [];
  let first: { readonly error: unknown } | undefined;
  for (const path of typed) {
    try {
      found.push(...await findOrExpand(image, path, find));
    } catch (error) {
      first ??= { error };
      if (typed.length === 1) throw error;
      leaveOut(error, image, () => encoder.encode(path));
    }
  }
  if (found.length === 0 && first !== undefined) throw first.error;
  return found;
}

async function findOrExpand(
  image: ImageReader,
  typed: string,
  find: (path: string | Uint8Array) => Promise<Found>,
): Promise<Found[]> {
  try {
    return [await find(typed)];
  } catch (error) {
    if (!(error instanceof PathError && error.code === "no-such-path" && isGlob(typed))) {
      throw error;
    }
    const found: Found[] = [];
    for (const path of await expandGlob(image, typed)) found.push(await find(path));
    return found;
  }
}

const encoder = new TextEncoder();
const ESCAPE = /\\([0-7]{3}|[ntr\\])/g;
const LETTERS: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, "\\": 92 };

/** The bytes that `printable` wrote as `text`; `undefined` when there is no escape in it. */
export function bytesOfPrinted(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let end = 0;
  for (const match of text.matchAll(ESCAPE)) {
    bytes.push(...encoder.encode(text.slice(end, match.index)));
    const letter = LETTERS[match[1]!];
    bytes.push(letter ?? parseInt(match[1]!, 8) & 0xff);
    end = match.index + match[0].length;
  }
  if (end === 0) return undefined;
  bytes.push(...encoder.encode(text.slice(end)));
  return Uint8Array.from(bytes);
}
