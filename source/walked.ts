/**
 * What a walk leaves.
 * @module
 */

import type { TreeBuilder } from "../ext4/tree_builder.ts";
import type { FileIdentities } from "./file_identities.ts";
import type { LookAhead } from "./reading/look_ahead.ts";
import type { TreeTops } from "./tree_tops.ts";

/** The result of a walk. */
export interface Walked {
  readonly builder: TreeBuilder;
  /** The folders at the top, open; whoever has walked closes them. */
  readonly tops: TreeTops;
  /** Which inodes they were. */
  readonly identities: FileIdentities;
  /** Threads that have looked at some of it, and can read it. */
  readonly ahead: LookAhead;
  /** The patterns that have matched nothing. */
  readonly unmatched: readonly string[];
}
