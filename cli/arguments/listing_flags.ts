/**
 * The flags that the commands have in common which list folders.
 * @module
 */

import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";

/** Their parsers, as fields of an object. @param long What `-l` prints. */
export function listingFlags(long: ReturnType<typeof message>) {
  return {
    long: optional(option("-l", { description: long })),
    recursive: optional(option("-R", "--recursive", {
      description: message`Print folders within folders as well.`,
    })),
    human: optional(option("-h", "--human-readable", {
      description: message`Print sizes as 1.5K, 23M and so on.`,
    })),
  };
}

/** Their values. */
export interface ListingValues {
  readonly long: boolean | undefined;
  readonly recursive: boolean | undefined;
  readonly human: boolean | undefined;
}
