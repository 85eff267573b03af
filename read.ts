/**
 * Reading images in place, and what is done with whole ones: extract, compare, verify, export, mount.
 *
 * ```ts
 * import { openImage } from "icecore/read";
 *
 * async function list(location: string): Promise<void> {
 *   await using image = await openImage(location);
 *   for await (const { pathText, stat } of image.walk()) console.log(pathText, stat.sizeBytes);
 * }
 * ```
 *
 * @module
 */

export { openImage } from "./image/open_image.ts";
export type { ImageReader, OpenImageOptions, ReadOptions } from "./image/image_reader.ts";
export type { ImageFile } from "./image/image_file.ts";
export { extractImage } from "./image/extract.ts";
export { diffImages } from "./image/diff.ts";
export type { Difference } from "./image/diff/difference.ts";
export { exportImage } from "./image/export_tar.ts";
export { verifyImage } from "./image/verify.ts";
export type { VerifiedImage, VerifyImageOptions } from "./image/verify/verification.ts";
export { mountImage } from "./image/mount_image.ts";
export { unmountImage } from "./image/unmount_image.ts";

export type { BlockSource } from "./ext4/reader/bytes/block_source.ts";
export type { ImageInfo } from "./ext4/reader/open/image_info.ts";
export type { Entry, WalkedEntry } from "./ext4/reader/walk/entry.ts";
export type { Stat } from "./ext4/reader/metadata/stat.ts";

export { CorruptImageError, UnsupportedFeatureError } from "./ext4/image_errors.ts";
export { PathError } from "./ext4/reader/path_error.ts";
export { EnvironmentError } from "./host/environment_error.ts";
export {
  DamagedFileError,
  InterruptedError,
  SourceError,
  VerificationError,
} from "./pipeline/build_errors.ts";
export type { Problem } from "./pipeline/problem.ts";
