/**
 * The target of a symbolic link, for listings: one that is broken costs no more than itself.
 * @module
 */

import { leaveOut } from "../../ext4/reader/leave_out.ts";
import { isEncrypted, type Stat } from "../../ext4/reader/metadata/stat.ts";
import type { ImageReader } from "../../image/image_reader.ts";

/**
 * Where a symbolic link leads; `undefined` for what is not a link, and where it is left out.
 *
 * @param folder What the link lies in, where that is known. Targets in an encrypted folder are
 * encrypted, of which the folder's own message says enough.
 * @param path For the message.
 */
export async function linkTarget(
  image: ImageReader,
  stat: Stat,
  folder: Stat | undefined,
  path: () => Uint8Array,
): Promise<Uint8Array | undefined> {
  if (stat.kind !== "symlink" || (folder !== undefined && isEncrypted(folder))) return undefined;
  try {
    return await image.readLink(stat.inode);
  } catch (error) {
    leaveOut(error, image, path);
    return undefined;
  }
}
