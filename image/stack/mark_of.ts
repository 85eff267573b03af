/**
 * What a name of a layer that is shown alone is a mark of.
 * @module
 */

import { isOpaque, isWhiteout } from "../../ext4/overlay_marks.ts";
import { leaveOut } from "../../ext4/reader/leave_out.ts";
import type { Stat } from "../../ext4/reader/metadata/stat.ts";
import type { ImageReader } from "../image_reader.ts";

/** `whiteout`: nothing has the name any more; `opaque`: what the folder held below is gone. */
export type Mark = "whiteout" | "opaque";

/**
 * The mark that a name is, or has.
 * @returns `undefined` where it has no mark, and in what is not a layer
 */
export async function markOf(
  image: ImageReader,
  stat: Stat,
  path: () => Uint8Array,
): Promise<Mark | undefined> {
  if (!image.isLayerAlone) return undefined;
  if (isWhiteout(stat.mode, stat.device)) return "whiteout";
  if (stat.kind !== "folder" || !stat.hasXattrs) return undefined;
  try {
    return isOpaque(await image.xattrs(stat.inode)) ? "opaque" : undefined;
  } catch (error) {
    leaveOut(error, image, path);
    return undefined;
  }
}
