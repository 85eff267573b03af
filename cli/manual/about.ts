/**
 * What icecore is, for its help and its manual page.
 * @module
 */

import { exitCodes } from "../exit_codes.ts";

/** What stands on the page of the whole. */
export interface About {
  readonly brief: string;
  readonly examples: readonly string[];
  /** Lines about the exit codes. */
  readonly codes: readonly string[];
}

/** What it is. */
export const about: About = {
  brief: "A folder as one small, read-only, checksummed ext4 image.",
  examples: ["icecore build /srv/photos", "icecore verify photos.img", "icecore build --help"],
  codes: exitCodes({
    lossy: "done but some source files could not be read or changed while being read",
    verificationFailed: "verification failed",
  }),
};
