/**
 * What the command line of `icecore build` says.
 * @module
 */

import type { KeepingValues } from "../arguments/keep_options.ts";
import type { CommonValues } from "../output/common_options.ts";

/** The values of the command line. */
export interface BuildValues extends CommonValues, KeepingValues {
  readonly command: "build";
  readonly sources: readonly string[];
  readonly output: string | undefined;
  readonly to: string | undefined;
  readonly fullEvery: number | undefined;
  readonly hostName: string | undefined;
  readonly exclude: readonly string[];
  readonly excludeFrom: readonly string[];
  readonly oneFileSystem: boolean | undefined;
  readonly times: "mtime" | "all" | undefined;
  readonly readAhead: number | undefined;
  readonly withoutRecord: boolean | undefined;
  readonly base: readonly string[];
  readonly identity: readonly string[];
  readonly unchangedBy: "times" | "content" | undefined;
  readonly dedupe: boolean | undefined;
  readonly digestsFrom: string | undefined;
  readonly reflink: "auto" | "always" | "never" | undefined;
  readonly limit: string | undefined;
  readonly snapshot: "auto" | "btrfs" | "zfs" | "lvm" | undefined;
  readonly recipe: string | undefined;
  readonly size: string | undefined;
  readonly blockSize: "auto" | "1024" | "2048" | "4096" | undefined;
  readonly label: string | undefined;
  readonly uuid: string | undefined;
  readonly hash: string | undefined;
  readonly use: readonly string[];
  readonly set: readonly string[];
  readonly without: readonly string[];
  readonly trust: boolean | undefined;
  readonly dryRun: boolean | undefined;
  readonly force: boolean | undefined;
  readonly keep: boolean | undefined;
  readonly strict: boolean | undefined;
  readonly report: string | undefined;
}
