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

export { openImage } from "./steps/image/open_image.ts";
export type { ImageReader, OpenImageOptions, ReadOptions } from "./steps/image/image_reader.ts";
export type { ImageFile } from "./steps/image/image_file.ts";
export { extractImage } from "./steps/image/extract.ts";
export { diffImages } from "./steps/image/diff.ts";
export type { Difference } from "./steps/image/diff/difference.ts";
export { exportImage } from "./steps/image/export_tar.ts";
export { verifyImage } from "./steps/image/verify.ts";
export type { VerifiedImage, VerifyImageOptions } from "./steps/image/verify/verification.ts";
export { mountImage } from "./steps/image/mount.ts";
export { unmountImage } from "./steps/image/umount.ts";

export type { BlockSource } from "./ext4/reader/block_source.ts";
export type { ImageInfo } from "./ext4/reader/image_info.ts";
export type { Entry, WalkedEntry } from "./ext4/reader/entry.ts";
export type { Stat } from "./ext4/reader/stat.ts";

export { CorruptImageError, UnsupportedFeatureError } from "./ext4/errors.ts";
export { PathError } from "./ext4/reader/path_error.ts";
export { EnvironmentError } from "./host/environment_error.ts";
export {
  DamagedFileError,
  InterruptedError,
  SourceError,
  VerificationError,
} from "./pipeline/errors.ts";
export type { Problem } from "./pipeline/problem.ts";
