/**
 * How sources are walked.
 * @module
 */

import type { Problem } from "../pipeline/problem.ts";
import type { Excludes } from "./exclude.ts";
import type { FolderSelection } from "./folder_selection.ts";

/** How to walk. */
export interface WalkOptions {
  readonly excludes: Excludes | undefined;
  /** Leave folders empty that lie on another file system than their source. */
  readonly oneFileSystem: boolean;
  /** Keep access, change and creation times as well. */
  readonly allTimes: boolean;
  /** What is taken of the root; all of it when absent. */
  readonly selection?: FolderSelection;
  /** Whether only files that must have holes are searched for them; see `ScannedSource.holesOf`. */
  readonly likelyHoles?: boolean;
  readonly signal: AbortSignal;
  onProgress(countInodes: number): void;
  /** Receives each path that is left out, printable. */
  onExcluded?(path: string): void;
  onProblem(problem: Problem): void;
}
