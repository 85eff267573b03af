/**
 * An image's location in JSON.
 * @module
 */

import { isRemote, shownLocation, withShownLocations } from "../../host/block_source/location.ts";

/** A path as it is; a URL, one that was taken for a path as well, without its secrets. */
export function jsonLocation(location: string): string {
  return isRemote(location) ? shownLocation(location) : withShownLocations(location);
}
