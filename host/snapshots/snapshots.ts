/**
 * Snapshots of folders, shown read-only elsewhere and removed afterwards, whatever happens: they are
 * written down in a private folder that `icecore clean` finds.
 * @module
 */

import { spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { atForcedExit } from "../ends/forced_exit.ts";
import { EnvironmentError } from "../environment_error.ts";
import { makeWorkdir } from "../files/workdir.ts";
import { printable } from "../libc/paths.ts";
import { unmountNow } from "../mounts/mounts.ts";
import { programEnvironment } from "../programs/hidden_variables.ts";
import { runProgram } from "../programs/run_program.ts";
import {
  isSnapshotRecord,
  removeArgv,
  showArgv,
  type SnapshotRecord,
  takeArgv,
} from "./snapshot_commands.ts";
import {
  noSnapshot,
  type SnapshotKind,
  type SnapshotPlace,
  snapshotPlace,
} from "./snapshot_place.ts";

/** The file in the private folder. */
const RECORDS = "snapshots.json";

/** Folders as they were at one moment. */
export interface Snapshots {
  /** Where each folder lies now, in their order, each under its own name. */
  readonly folders: readonly string[];
  /** Removes all of it. */
  release(): Promise<void>;
}

/**
 * Takes snapshots: one of each file system that a folder lies on.
 *
 * @param folders Absolute paths. @param partial The file that is being made, for `icecore clean`.
 * @throws EnvironmentError `no-snapshot`; ToolError
 */
export async function takeSnapshots(
  folders: readonly string[],
  kind: SnapshotKind,
  options: {
    readonly partial: string;
    /** Folders of other file systems are to be empty. */
    readonly leavesOut: boolean;
    readonly signal: AbortSignal;
    onCommand?(argv: readonly string[]): void;
  },
): Promise<Snapshots> {
  const { partial, leavesOut, signal, onCommand } = options;
  if (process.geteuid!() !== 0) {
    throw noSnapshot(folders[0]!, "only root may take and mount one", "Run icecore with sudo.");
  }
  // Not in the usual place: what is there is gone after a reboot, and the snapshot is not.
  const workdir = makeWorkdir(partial, "/var/tmp");
  const unique = basename(workdir.path).replace(/^icecore-/, "").replaceAll(/[^A-Za-z0-9]/g, "0");
  const records: SnapshotRecord[] = [];
  const undo = () => {
    unmountNow(workdir.path);
    for (const record of records.splice(0)) removeSnapshot(record);
  };
  const forget = atForcedExit(undo);
  const release = async () => {
    forget();
    undo();
    await workdir.release();
  };
  const run = async (argv: readonly string[]) => {
    onCommand?.(argv);
    await runProgram(argv, { signal });
  };
  try {
    const places = folders.map((folder, index) =>
      snapshotPlace(realFolder(folder), kind, `${unique}${index}`, leavesOut)
    );
    const taken = new Map<string, SnapshotRecord>();
    for (const { record } of places) {
      if (taken.has(subjectOf(record))) continue;
      taken.set(subjectOf(record), record);
      records.push(record);
      writeFileSync(`${workdir.path}/${RECORDS}`, JSON.stringify(records));
      await run(takeArgv(record));
    }
    const shown: string[] = [];
    for (const [index, place] of places.entries()) {
      const folder = join(workdir.path, String(index), nameOf(folders[index]!, place));
      mkdirSync(folder, { recursive: true });
      await run(showArgv(taken.get(subjectOf(place.record))!, folder, place.fileSystem));
      shown.push(join(folder, place.below));
    }
    return { folders: shown, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Removes the snapshots that are written down in a private folder of a build that is no more. */
export function removeLeftSnapshots(workdir: string): string[] {
  let records: unknown;
  try {
    records = JSON.parse(readFileSync(`${workdir}/${RECORDS}`, "utf8"));
  } catch {
    return [];
  }
  const ours = Array.isArray(records) ? records.filter(isSnapshotRecord) : [];
  for (const record of ours) removeSnapshot(record);
  return ours.map(({ snapshot }) => snapshot);
}

/** One that could not be taken is not there. */
function removeSnapshot(record: SnapshotRecord): void {
  if (
    record.kind === "btrfs" && lstatSync(record.snapshot, { throwIfNoEntry: false }) === undefined
  ) {
    return;
  }
  const [program, ...args] = removeArgv(record);
  const { status, stderr } = spawnSync(program!, args, {
    encoding: "utf8",
    env: programEnvironment(),
  });
  const isMissing = /does not exist|could not find|Failed to find/i.test(stderr ?? "");
  if (status === 0 || isMissing) return;
  throw new EnvironmentError(
    `cannot remove the snapshot ${printable(record.snapshot)}: ${stderr?.trim()}. ` +
      "Remove it by hand.",
    "not-removed",
  );
}

/** Its own name stays, since the image has it: a link could have another. */
function realFolder(folder: string): string {
  const path = join(realpathSync(dirname(folder)), basename(folder));
  if (lstatSync(path).isDirectory()) return path;
  throw noSnapshot(folder, "it is not a folder", "Name the folder itself.");
}

function nameOf(folder: string, { below }: SnapshotPlace): string {
  return below === "" ? basename(folder) || "root" : "top";
}

function subjectOf(record: SnapshotRecord): string {
  switch (record.kind) {
    case "btrfs":
      return record.subvolume;
    case "zfs":
      return record.dataset;
    case "lvm":
      return record.volume;
  }
}
