/**
 * How sources are walked.
 * @module
 */

import type { Problem } from "../pipeline/problem.ts";
import type { FolderSelection } from "./folder_selection.ts";
import type { LookAheadOptions } from "./reading/look_ahead.ts";

/** How to walk. */
export interface WalkOptions extends Pick<LookAheadOptions, "readAhead" | "signal"> {
  /** Globs of what is left out. */
  readonly exclude: readonly string[];
  /** Leave folders empty that lie on another file system than their source. */
  readonly oneFileSystem: boolean;
  /** Keep access, change and creation times as well. */
  readonly allTimes: boolean;
  /** What is taken of the root; all of it when absent. */
  readonly selection?: FolderSelection;
  /** Whether only files that must have holes are searched for them; see `ScannedSource.holesOf`. */
  readonly likelyHoles?: boolean;
  onProgress(countInodes: number): void;
  /** Receives each path that is left out, printable. */
  onExcluded?(path: string): void;
  onProblem(problem: Problem): void;
}
