/**
 * What the runner needs of the machine. `host/` implements it; tests may stand in for it.
 * @module
 */

import type { Artifact, Image } from "./image.ts";
import type { Shell } from "./step.ts";

/** The file an image is written to, claimed for one build. */
export interface Output {
  /** Where the steps write: `IMAGE.partial`, or `-` for stdout. */
  readonly path: string;
  /** Syncs the image and its side files and renames them; returns the image at its final place. */
  publish(image: Image): Promise<Image>;
  /** Gives the claim up and removes what is not published; with `keep`, leaves the partial. */
  discard(artifacts: readonly Artifact[], keep: boolean): Promise<void>;
}

/** Identifies the bytes of a file without reading them: its size and times. */
export type FileStamp = string;

/** The machine as the runner sees it. */
export interface Machine {
  isRoot(): boolean;
  /** The program's path, or `undefined`. */
  findProgram(name: string): string | undefined;
  /** The command that installs the programs, e.g. `apt-get install e2fsprogs`. */
  installHint(programs: readonly string[]): string;
  /** Milliseconds of a clock that only moves forward. */
  nowMs(): number;
  loadShell(): Promise<Shell>;
  /** A stamp of the file, or `undefined` where there is none. */
  stamp(path: string): Promise<FileStamp | undefined>;
  /**
   * Claims the output for this build alone, after releasing what a killed build of it left.
   *
   * @throws EnvironmentError when the folder is missing or not writable, the output exists
   * (without `force`), or another build has claimed it.
   */
  claimOutput(finalPath: string, options: { readonly force: boolean }): Promise<Output>;
  /** Makes a private folder that `icecore clean` will find; `release` removes it. */
  makeWorkdir(
    output: Output,
  ): Promise<{ readonly path: string; release(): Promise<void> }>;
}
