/**
 * What the runner needs of the machine. `host/` has one; tests may stand in for it.
 * @module
 */

import type { Artifact } from "./image.ts";
import type { RunningHash } from "./running/stream_flow.ts";
import type { Shell } from "./step.ts";

/** The file an image is written to, claimed for one build. */
export interface Output {
  /** Where the steps write: `IMAGE.partial`, or `-` for stdout. */
  readonly path: string;
  /** Writes down a file or folder beside it that is to go with the build, however that ends. */
  record(path: string): void;
  /**
   * Syncs the image and its side files and gives them their final names, the image last: all of
   * them, or none.
   *
   * @param isPublic Whether everybody may read them.
   */
  publish(sideFiles: readonly Artifact[], isPublic: boolean): Promise<void>;
  /** Removes what is left behind a published image, and gives the claim up. */
  settle(): void;
  /** Removes the side files and, unless `keep`, the partial image, and gives the claim up. */
  discard(sideFiles: readonly Artifact[], keep: boolean): void;
}

/** A private folder of one build. */
export interface Workdir {
  /** Where it lies. */
  readonly path: string;
  /** Removes it. */
  release(): Promise<void>;
}

/** The shell of one build. */
export interface LoadedShell {
  /** What steps get. */
  readonly shell: Shell;
  /** Forgets the build. */
  release(): void;
}

/** What shows whether a file was written. */
export interface Stamp {
  /** Its size, modification time and number. */
  readonly contents: string;
  /** Its change time. */
  readonly touched: string;
  /** What else the change time moves with: mode, links, owner. */
  readonly attributes: string;
}

/** The machine as the runner sees it. */
export interface Machine {
  /**
   * Makes sure that the process may do what only root may.
   *
   * @param names The steps that need root. @throws when the process is not root.
   */
  requireRoot(names: readonly string[]): void;
  /**
   * Makes sure that programs are there.
   *
   * @param programs Names, and the step that needs each. @throws naming those that are missing.
   */
  requirePrograms(programs: ReadonlyMap<string, string>): void;
  /** Milliseconds of a clock that only moves forward. */
  nowMs(): number;
  /**
   * The shell that steps get.
   *
   * @param signal Ends its programs.
   * @param workdir The build's private folder, by which `icecore clean` finds them.
   */
  loadShell(signal: AbortSignal, workdir: string): Promise<LoadedShell>;
  /** Begins a digest, made on another thread. */
  startHash(algorithm: string): RunningHash;
  /**
   * A new file, written front to back; aborting removes it.
   *
   * @param path Ends in `.partial`.
   * @param mode Who may read it, before the umask.
   * @throws when there is a file of the final name, without `force`.
   */
  createFile(path: string, force: boolean, mode: number): WritableStream<Uint8Array>;
  /** Removes such a file again. */
  removeFile(path: string): void;
  /** A stamp that distinguishes two states of a file without reading it. */
  stamp(path: string): Stamp | undefined;
  /**
   * Looks whether the output could be claimed, and touches nothing.
   *
   * @throws when the folder is missing or not writable, or the output exists (without `force`).
   */
  checkOutput(finalPath: string, force: boolean): void;
  /** Releases what killed builds left of this output, and beside it. */
  releaseLeftovers(finalPath: string): Promise<void>;
  /**
   * Claims the output for this build alone.
   *
   * @throws when the folder is missing or not writable, the output exists (without `force`), or
   * another build has claimed it.
   */
  claimOutput(finalPath: string, force: boolean): Output;
  /** Makes a private folder that `icecore clean` finds; `partial` is where the build writes. */
  makeWorkdir(partial: string): Workdir;
}
