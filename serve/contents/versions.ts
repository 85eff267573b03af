/**
 * Which images of a stack have a file, and what each has.
 * @module
 */

import { CorruptImageError, type ImageReader, PathError } from "icecore/read";
import { printable } from "icecore/plugin";
import { isWhiteout } from "../../ext4/overlay_marks.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import { nameOfLocation } from "../../host/block_source/location.ts";
import { formatSize } from "../../pipeline/words/size.ts";
import type { Place } from "../tree/shelf.ts";
import { timeText } from "../words/time_text.ts";

/** What one image of a stack has under the path of a file. */
export interface Version {
  /** Counted from the topmost, as addresses have it. */
  readonly layer: number;
  /** What the image is called, and when it was made. */
  readonly image: string;
  readonly made: string;
  /** Size and time of the file, or what is there instead. */
  readonly text: string;
  /** Whether it can be looked at and downloaded. */
  readonly isFile: boolean;
}

/**
 * The versions of a file, the newest first; images that have nothing to say of it are left out.
 * @returns Nothing where the image is not a stack.
 */
export async function versionsOf({ image, path }: Place): Promise<Version[]> {
  const readers = image.reader.layersAlone ?? [];
  const versions = await Promise.all(
    readers.map((reader, layer) => versionIn(reader, layer, path)),
  );
  return versions.filter((version) => version !== undefined);
}

async function versionIn(
  reader: ImageReader,
  layer: number,
  path: Uint8Array,
): Promise<Version | undefined> {
  const { location, shownName } = reader.layers[0]!;
  const made = timeText(reader.info.madeSeconds);
  const image = printable(location === undefined ? shownName : nameOfLocation(location));
  const version = { layer, image, made, isFile: false };
  try {
    const stat = await reader.stat(path);
    return { ...version, text: textOf(stat), isFile: stat.kind === "file" };
  } catch (error) {
    if (error instanceof CorruptImageError) return { ...version, text: "damaged" };
    if (!(error instanceof PathError)) throw error;
    // A folder on the way is gone, or something else, and the file with it.
    return error.code === "not-a-folder" ? { ...version, text: "deleted" } : undefined;
  }
}

function textOf({ kind, mode, device, sizeBytes, mtime }: Stat): string {
  if (isWhiteout(mode, device)) return "deleted";
  if (kind !== "file") return `a ${kind.replace("-", " ")}`;
  return `${formatSize(sizeBytes)}, changed ${timeText(mtime.seconds)}`;
}
