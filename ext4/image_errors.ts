/**
 * What can go wrong with an image or a plan, each as a class with a stable `code`.
 *
 * Messages have the form "cannot X: why. What to do."
 * @module
 */

import type { TreeEntry, TreeInode } from "./tree.ts";

/** The bytes of an image contradict the format: a checksum, a range, a link that leads nowhere. */
export class CorruptImageError extends Error {
  /** The class, for printing. */
  override readonly name = "CorruptImageError";

  /**
   * Makes an error that names the place and the fault.
   *
   * @param code stable, kebab-case, e.g. `inode-checksum`
   * @param structure the kernel's name of the broken struct, e.g. `ext4_inode`
   * @param message "cannot X: why. What to do."
   * @param fields where it lies and which numbers disagree
   */
  constructor(
    readonly code: string,
    readonly structure: string,
    message: string,
    readonly fields: Readonly<Record<string, number | bigint | string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Where a structure is broken: an inode, a block, the numbers that disagree. */
export type ErrorFields = CorruptImageError["fields"];

/** The image is sound as far as can be determined, but uses a feature that icecore does not read. */
export class UnsupportedFeatureError extends Error {
  /** The class, for printing. */
  override readonly name = "UnsupportedFeatureError";
  /** A stable word for scripts. */
  readonly code = "unsupported-feature";

  /**
   * Makes an error that names the place and the fault.
   *
   * @param features the names of the features, as `dumpe2fs` prints them
   */
  constructor(readonly features: readonly string[], message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The names of the ways in which a plan can fail. */
export type PlanErrorCode =
  | "bad-option"
  | "bad-tree"
  | "file-too-large"
  | "image-too-large"
  | "folder-too-large"
  | "target-too-long";

/** A tree that cannot become an image with the options given. */
export class PlanError extends Error {
  override readonly name = "PlanError";

  /** @param where the tree's inode or name at fault, so that the caller can print its path */
  constructor(
    readonly code: PlanErrorCode,
    message: string,
    readonly where: { readonly inode?: TreeInode; readonly entry?: TreeEntry } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
