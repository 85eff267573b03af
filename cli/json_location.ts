/**
 * An image's location in JSON.
 * @module
 */

import { isRemote, shownLocation } from "../host/block_source/location.ts";

/** A path as it is; a URL without its secrets. */
export function jsonLocation(location: string): string {
  return isRemote(location) ? shownLocation(location) : location;
}
