/**
 * `--snapshot`: the sources as they were at one moment.
 * @module
 */

import type { EventSink } from "../../pipeline/events.ts";
import type { BuildRequest } from "../../pipeline/running/run.ts";
import { contentsOf, folderOf, isContents } from "../../pipeline/source_path.ts";
import type { BuildValues } from "./build_values.ts";

/** Builds from snapshots, where they are asked for, and removes them whatever happens. */
export async function ofOneMoment<T>(
  { snapshot, oneFileSystem }: BuildValues,
  { sources, output, signal }: BuildRequest,
  emit: EventSink,
  build: (sources: readonly string[]) => Promise<T>,
): Promise<T> {
  if (snapshot === undefined) return await build(sources);
  const { takeSnapshots } = await import("../../host/snapshots/snapshots.ts");
  const taken = await takeSnapshots(sources.map((source) => folderOf(source) || "/"), snapshot, {
    partial: output === "-" ? output : `${output}.partial`,
    leavesOut: oneFileSystem === true,
    signal: signal ?? new AbortController().signal,
    onCommand: (argv) => emit({ type: "command", step: "snapshot", argv }),
  });
  try {
    return await build(
      taken.folders.map((folder, index) =>
        isContents(sources[index]!) ? contentsOf(folder) : folder
      ),
    );
  } finally {
    await taken.release();
  }
}
