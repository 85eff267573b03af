/**
 * What `icecore serve` was asked for.
 * @module
 */

import type { ReadingValues } from "../arguments/image_argument.ts";

/** The values of its command line. */
export interface ServeValues extends Omit<ReadingValues, "image"> {
  readonly command: "serve";
  readonly images: readonly string[];
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly passwordFile: string | undefined;
  readonly hostNames: readonly string[];
  readonly open: boolean | undefined;
}
