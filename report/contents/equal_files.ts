/**
 * Files with equal contents, by the digests in an image's record: no contents are read.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import { leaveOut } from "../../ext4/reader/leave_out.ts";
import type { ImageReader } from "../../image/image_reader.ts";
import type { ImageRecord, RecordVerdict } from "../../image/image_record.ts";
import type { FolderRow, FolderTable } from "./folder_table.ts";

/** Files that are equal. */
export interface EqualGroup {
  /** Of one of them. */
  readonly sizeBytes: number;
  readonly countFiles: number;
  /** What it would save to store them once; 0 where they share their blocks already. */
  readonly savedBytes: number;
  /** The paths of some of them. */
  readonly paths: readonly Uint8Array[];
}

/** What is known of equal files. */
export interface EqualFiles {
  /** Whether there are digests to know it by. */
  readonly verdict: RecordVerdict;
  /** Files that are one too many: of each group, all but one. */
  readonly countCopies: number;
  /** What it would save to store equal files once. */
  readonly savedBytes: number;
  /** What is saved already, as equal files share their blocks. */
  readonly sharedBytes: number;
  /** The groups that waste most. */
  readonly groups: readonly EqualGroup[];
}

const SHOWN_GROUPS = 12;
const SHOWN_PATHS = 4;

interface Candidate {
  readonly inode: InodeNumber;
  readonly folder: FolderRow;
  readonly sizeBytes: number;
  readonly allocatedBytes: number;
  readonly contentsAt: number | undefined;
}

/** Collects files, and finds the equal ones among them. */
export class EqualFileFinder {
  readonly #candidates: Candidate[] = [];

  /** A file that takes room; each inode once. */
  add(candidate: Candidate): void {
    this.#candidates.push(candidate);
  }

  async find(image: ImageReader, folders: FolderTable): Promise<EqualFiles> {
    const record = await image.record();
    const verdict = await record.verdict();
    const none = { verdict, countCopies: 0, savedBytes: 0, sharedBytes: 0, groups: [] };
    if (verdict.state !== "sound") return none;
    await record.load();
    const found = groupsOf(this.#candidates, record);
    const groups = found.map(({ files }) => ({ files, ...savings(files) }))
      .sort((a, b) => b.savedBytes - a.savedBytes || b.sharedBytes - a.sharedBytes);
    const sum = (field: "savedBytes" | "sharedBytes") =>
      groups.reduce((sum, group) => sum + group[field], 0);
    const shown = groups.slice(0, SHOWN_GROUPS).map(({ files, savedBytes }) => ({
      files: files.slice(0, SHOWN_PATHS),
      sizeBytes: files[0]!.sizeBytes,
      countFiles: files.length,
      savedBytes,
    }));
    const pathOf = await pathsOf(shown.flatMap(({ files }) => files), image, folders);
    return {
      verdict,
      countCopies: groups.reduce((sum, { files }) => sum + files.length - 1, 0),
      savedBytes: sum("savedBytes"),
      sharedBytes: sum("sharedBytes"),
      groups: shown.map(({ files, ...group }) => ({ ...group, paths: files.map(pathOf) })),
    };
  }
}

/** Files of equal size and digest, where there are several. */
function groupsOf(
  candidates: readonly Candidate[],
  record: ImageRecord,
): { readonly files: Candidate[] }[] {
  const bySize = new Map<number, Candidate[]>();
  for (const file of candidates) {
    const same = bySize.get(file.sizeBytes);
    if (same === undefined) bySize.set(file.sizeBytes, [file]);
    else same.push(file);
  }
  const groups: { files: Candidate[] }[] = [];
  for (const same of bySize.values()) {
    if (same.length < 2) continue;
    const byDigest = new Map<string, Candidate[]>();
    for (const file of same) {
      const digest = record.digestOf(file.inode);
      if (digest === undefined) continue;
      const key = String.fromCharCode(...digest);
      const equal = byDigest.get(key);
      if (equal === undefined) byDigest.set(key, [file]);
      else equal.push(file);
    }
    for (const files of byDigest.values()) if (files.length > 1) groups.push({ files });
  }
  return groups;
}

/** Files that begin at the same place of the image share their blocks. */
function savings(files: readonly Candidate[]): { savedBytes: number; sharedBytes: number } {
  const places = new Set(
    files.map(({ contentsAt }) => contentsAt).filter((at) => at !== undefined),
  );
  const countUnknown = files.filter(({ contentsAt }) => contentsAt === undefined).length;
  const countStored = places.size + countUnknown;
  const { allocatedBytes } = files[0]!;
  return {
    savedBytes: (countStored - 1) * allocatedBytes,
    sharedBytes: (files.length - countStored) * allocatedBytes,
  };
}

/** Finds the names of a few files again: to keep those of all would take much memory. */
async function pathsOf(
  files: readonly Candidate[],
  image: ImageReader,
  folders: FolderTable,
): Promise<(file: Candidate) => Uint8Array> {
  const wanted = new Set(files.map(({ inode }) => inode));
  const paths = new Map<InodeNumber, Uint8Array>();
  for (const folder of new Set(files.map(({ folder }) => folder))) {
    try {
      for await (const { inode, name } of image.list(folders.inodeOf(folder))) {
        if (wanted.has(inode) && !paths.has(inode)) paths.set(inode, folders.pathOf(folder, name));
      }
    } catch (error) {
      leaveOut(error, image, () => folders.pathOf(folder));
    }
  }
  return ({ inode }) => paths.get(inode) ?? encoder.encode(`inode ${inode}`);
}

const encoder = new TextEncoder();
