/**
 * How an image is opened.
 * @module
 */

import type { SourceOptions } from "../../host/block_source/block_source.ts";
import type { OnBroken, OnUnsupported } from "../../ext4/reader/leave_out.ts";
import type { OpenOptions } from "../../ext4/reader/open_volume.ts";

/** What becomes of its journal and of what is broken, how much is cached, how servers are asked. */
export interface OpenImageOptions extends OpenOptions, SourceOptions {
  /**
   * Told of what is broken in folders that are listed, walked, extracted or exported; it is left
   * out then. Without, the first makes the call fail. The path is below the folder in question.
   * Copies of superblock and group descriptors are read in place of broken ones, and an image that
   * is cut short as far as it goes; both is told without a path.
   */
  readonly onBroken?: OnBroken | undefined;
  /**
   * Receives what is encrypted in folders that are listed, walked, extracted or exported. An
   * encrypted folder is reported once; its entries are listed under the names that the kernel gives
   * them without the key, and not extracted. Without, the first makes the call fail.
   */
  readonly onUnsupported?: OnUnsupported | undefined;
}
