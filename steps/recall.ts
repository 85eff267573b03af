/**
 * `recall`: takes the digests of files that did not change from the record of an earlier image, so
 * that `pack` need not read them to find equal ones.
 * @module
 */

import { compareBytes } from "../ext4/compare_bytes.ts";
import type { InodeNumber } from "../ext4/numbers.ts";
import type { Stat } from "../ext4/reader/metadata/stat.ts";
import { hasType, nameOf, S_IFDIR, S_IFREG, type TreeEntry, type TreeInode } from "../ext4/tree.ts";
import type { TimeColumn } from "../ext4/tree.ts";
import type { OptionsSchema } from "../pipeline/options.ts";
import {
  defineStep,
  type PreviewContext,
  type ScannedSource,
  type Step,
} from "../pipeline/step.ts";
import { neededSource } from "../source/needed.ts";

/** An image whose record says what its files hold. `image/recorded_image.ts` opens one. */
export interface RecordedImage {
  /** What it is called in messages. */
  readonly shownName: string;
  /** Whether it holds the change times of its source. */
  readonly hasAllTimes: boolean;
  /** All folders, each after the one it lies in; entries are ordered by the bytes of their names. */
  folders(): AsyncIterable<{
    readonly stat: Stat;
    readonly entries: Iterable<{ readonly name: Uint8Array; readonly stat: Stat }>;
  }>;
  /** The SHA-256 of a file; `undefined` where that of its bytes is not known. */
  digestOf(stat: Stat): Uint8Array | undefined;
  close(): Promise<void>;
}

/** Opens an image. @throws UsageError `no-digests` where it has no record to rely on. */
export type OpenRecorded = (location: string, signal: AbortSignal) => Promise<RecordedImage>;

const options = {
  from: {
    type: "string",
    help: "an earlier image of the source, with all times: a path, http(s):// or s3://",
    required: true,
  },
} as const satisfies OptionsSchema;

/** The step. */
export function recallStep(open: OpenRecorded): Step {
  const recall = async (context: PreviewContext<typeof options>): Promise<number> => {
    const source = neededSource(context);
    const image = await open(context.options.from, context.signal);
    try {
      if (!image.hasAllTimes || source.ctime === undefined) {
        context.emit({
          type: "message",
          level: "warning",
          text: `no digest is taken from ${image.shownName}: it does not keep change times, ` +
            "without which nobody can say that a file did not change. Build such images with all times",
        });
        return 0;
      }
      const knownDigests = await digestsOfUnchanged(image, source, source.ctime);
      context.provideSource({ ...source, knownDigests });
      return knownDigests.size;
    } finally {
      await image.close();
    }
  };
  return defineStep({
    name: "recall",
    summary:
      "take the digests of unchanged files from an earlier image, for pack to find equal ones",
    after: "scan",
    accepts: ["planned"],
    shell: false,
    options,
    async run(_image, context): Promise<void> {
      await recall(context);
    },
    async preview(_image, context) {
      return [{ label: "digests that are known", value: await recall(context) }];
    },
  });
}

/** Digests of the files that are what they were, as size and times say, under the same path. */
async function digestsOfUnchanged(
  image: RecordedImage,
  source: ScannedSource,
  ctime: TimeColumn,
): Promise<Map<TreeInode, Uint8Array>> {
  const { tree } = source;
  const known = new Map<TreeInode, Uint8Array>();
  /** Folders of the image that the source has as well. */
  const rows = new Map<InodeNumber, TreeInode>();
  let isRoot = true;
  for await (const { stat, entries } of image.folders()) {
    const folder = isRoot ? 0 as TreeInode : rows.get(stat.inode);
    isRoot = false;
    rows.delete(stat.inode);
    if (folder === undefined) continue;
    let entry = tree.payload[folder]!;
    const end = entry + tree.countChildren[folder]!;
    for (const { name, stat } of entries) {
      let order = -1;
      while (entry < end) {
        order = compareBytes(nameOf(tree, entry as TreeEntry), name);
        if (order >= 0) break;
        entry++;
      }
      if (entry === end) break;
      if (order !== 0) continue;
      const row = tree.entryInode[entry]! as TreeInode;
      if (stat.kind === "folder" && hasType(tree, row, S_IFDIR)) rows.set(stat.inode, row);
      if (stat.kind !== "file" || !hasType(tree, row, S_IFREG)) continue;
      const isSame = stat.sizeBytes === tree.sizeBytes[row] &&
        isAt(tree.mtime, row, stat.mtime) && isAt(ctime, row, stat.ctime);
      const digest = isSame ? image.digestOf(stat) : undefined;
      if (digest !== undefined) known.set(row, digest.slice());
    }
  }
  return known;
}

function isAt({ seconds, nanoseconds }: TimeColumn, row: TreeInode, time: Stat["mtime"]): boolean {
  return seconds[row] === time.seconds && nanoseconds[row] === time.nanoseconds;
}
