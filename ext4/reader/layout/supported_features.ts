/**
 * Which features the reader knows; an image with another incompatible one is refused.
 * @module
 */

import { featureNames, INCOMPAT } from "../../features.ts";
import { UnsupportedFeatureError } from "../../image_errors.ts";

/**
 * `encrypt` and `casefold` are here because only folders that use them matter: those are judged
 * one by one when they are read.
 */
const READABLE = INCOMPAT.filetype | INCOMPAT.needs_recovery | INCOMPAT.meta_bg | INCOMPAT.extent |
  INCOMPAT["64bit"] | INCOMPAT.mmp | INCOMPAT.flex_bg | INCOMPAT.ea_inode |
  INCOMPAT.metadata_csum_seed | INCOMPAT.large_dir | INCOMPAT.inline_data | INCOMPAT.encrypt |
  INCOMPAT.casefold;

/**
 * Refuses an image whose `s_feature_incompat` has a bit that the reader does not know.
 * @throws UnsupportedFeatureError
 */
export function requireReadable(featureIncompat: number): void {
  const unknown = featureNames(featureIncompat & ~READABLE, INCOMPAT);
  if (unknown.length === 0) return;
  throw new UnsupportedFeatureError(
    unknown,
    `cannot read the image: it uses ${unknown.join(", ")}. Mount it with a kernel that can.`,
  );
}
