/**
 * What an address below `browse`, `raw` and so on names.
 * @module
 */

import type { Context } from "hono";
import type { Place } from "../tree/shelf.ts";

/** A path that was asked for. */
export interface Wanted {
  /** In the tree. */
  readonly path: Uint8Array;
  /** `undefined` for the list of images. */
  readonly place: Place | undefined;
  readonly c: Context;
}
