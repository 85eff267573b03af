/**
 * Files of a damaged image that no folder names any more, collected where `e2fsck` would put them:
 * in `lost+found`, named after their inodes.
 * @module
 */

import { compareBytes } from "../../compare_bytes.ts";
import { CorruptImageError } from "../../image_errors.ts";
import { type BlockNumber, type GroupNumber, type InodeNumber, ROOT_INODE } from "../../numbers.ts";
import { fileTypeOfMode } from "../../structs/directory.ts";
import { GROUP_INODE_UNINIT } from "../../structs/group_descriptor.ts";
import { INODE } from "../../structs/inode.ts";
import { S_IFDIR } from "../../tree.ts";
import { hasFlag, type Inode, isType, parseInode } from "../inode/inode.ts";
import { STAND_IN_INODE } from "../inode/inode_table.ts";
import type { GroupInfo } from "../layout/group_descriptor.ts";
import { u16At } from "../little_endian.ts";
import type { Reading } from "../reading.ts";
import { loadBlock, type Lost, type Volume } from "../volume.ts";
import { DirectoryCursor } from "./directory.ts";
import { InodeSet } from "./inode_set.ts";
import { loadNamed } from "./named_inode.ts";
import { RawEntry } from "./raw_entry.ts";

const encoder = new TextEncoder();
/** Where they are found. */
const LOST_AND_FOUND = encoder.encode("lost+found");
/** Entries of a folder that are looked at together. */
const BATCH_ENTRIES = 32_768;

/** What no folder names. */
interface Found {
  /** The image's own `lost+found`, or the one that stands in for it. */
  readonly folder: InodeNumber;
  /** `#INODE` of each file, and of each folder that lies in none of the others. */
  readonly entries: readonly RawEntry[];
}

/** Finds them when they are asked for first: all folders and all inodes are read then. */
export class LostInodes implements Lost {
  readonly #volume: Volume;
  #found: Found | undefined;

  constructor(volume: Volume) {
    this.#volume = volume;
  }

  isFolder(inode: InodeNumber): boolean {
    return this.#found?.folder === inode;
  }

  *entriesIn(folder: InodeNumber): Reading<readonly RawEntry[]> {
    if (folder !== ROOT_INODE && this.#found?.folder !== folder) return [];
    const found = this.#found ??= yield* new Census(this.#volume).run();
    if (folder === found.folder) return found.entries;
    const hasStandIn = found.folder === STAND_IN_INODE && found.entries.length > 0;
    return hasStandIn ? [entryOf(LOST_AND_FOUND, STAND_IN_INODE)] : [];
  }

  *find(folder: InodeNumber, name: Uint8Array): Reading<RawEntry | undefined> {
    const entries = yield* this.entriesIn(folder);
    return entries.find((entry) => compareBytes(entry.name, name) === 0);
  }
}

/** Whether looking for a name of the root needs to know what is lost. */
export function isLostAndFound(name: Uint8Array): boolean {
  return compareBytes(name, LOST_AND_FOUND) === 0;
}

class Census {
  readonly #volume: Volume;
  /** What folders name, each sound and of the type that its name says. */
  readonly #named = new InodeSet();
  /** What folders name, sound or not: that was reported, or will be. */
  readonly #mentioned = new InodeSet();
  readonly #unnamed: Inode[] = [];
  #lostAndFound = STAND_IN_INODE;

  constructor(volume: Volume) {
    this.#volume = volume;
  }

  *run(): Reading<Found> {
    this.#named.add(ROOT_INODE);
    yield* this.#reach(ROOT_INODE, this.#named);
    for (let group = 0; group < this.#volume.geometry.countGroups; group++) {
      yield* this.#scan(group as GroupNumber);
    }
    const entries = (yield* this.#tops()).map((inode) =>
      entryOf(encoder.encode(`#${inode}`), inode)
    );
    return { folder: this.#lostAndFound, entries };
  }

  /** Adds all that lies below a folder. */
  *#reach(start: InodeNumber, reached: InodeSet): Reading<void> {
    const stack = [start];
    for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
      for (const inode of yield* this.#children(folder)) {
        if (reached.add(inode.number) && isType(inode, S_IFDIR)) stack.push(inode.number);
      }
    }
  }

  /** The inodes that a folder names, as far as it and they are sound. */
  *#children(number: InodeNumber): Reading<Inode[]> {
    const volume = this.#volume;
    const children: Inode[] = [];
    try {
      const folder = yield* volume.inodes.load(number);
      const cursor = yield* DirectoryCursor.open(volume, folder);
      const next = () => cursor.next(BATCH_ENTRIES, () => {});
      for (let raw = yield* next(); raw !== undefined; raw = yield* next()) {
        for (let one = raw.pop(); one !== undefined; one = raw.pop()) {
          this.#mentioned.add(one.inode);
          const inode = yield* soundOrNone(loadNamed(volume, number, one));
          if (inode === undefined) continue;
          const isOwn = number === ROOT_INODE && isType(inode, S_IFDIR) && isLostAndFound(one.name);
          if (isOwn) this.#lostAndFound = inode.number;
          children.push(inode);
        }
      }
    } catch (error) {
      // It is reported where it is listed.
      if (!(error instanceof CorruptImageError)) throw error;
    }
    return children;
  }

  /** Finds the inodes of a group that are in use and have no name. */
  *#scan(group: GroupNumber): Reading<void> {
    const { geometry, groups } = this.#volume;
    const info = yield* soundOrNone(groups.load(group));
    if (info === undefined) return;
    const perBlock = geometry.blockSizeBytes / geometry.inodeSizeBytes;
    const countScanned = countInitialized(this.#volume, info);
    for (let first = 0; first < countScanned; first += perBlock) {
      const at = info.inodeTable + first / perBlock as BlockNumber;
      const block = yield* soundOrNone(loadBlock(this.#volume, at));
      if (block === undefined) continue;
      for (let i = 0; i < perBlock && first + i < countScanned; i++) {
        const number = group * geometry.inodesPerGroup + first + i + 1 as InodeNumber;
        this.#judge(number, block, i * geometry.inodeSizeBytes);
      }
    }
  }

  #judge(number: InodeNumber, block: Uint8Array, at: number): void {
    const { geometry, leaving } = this.#volume;
    const { i_links_count, i_mode } = INODE.offsets;
    const isUsed = u16At(block, at + i_links_count) > 0 &&
      fileTypeOfMode(u16At(block, at + i_mode)) !== 0;
    if (!isUsed || number < geometry.firstInode || this.#named.has(number)) return;
    if (specialInodes(this.#volume).includes(number)) return;
    try {
      const inode = parseInode(geometry, number, block, at);
      if (!hasFlag(inode, "ea_inode")) this.#unnamed.push(inode.detached());
    } catch (error) {
      if (!(error instanceof CorruptImageError)) throw error;
      const path = encoder.encode(`lost+found/#${number}`);
      if (!this.#mentioned.has(number)) leaving.onBroken?.(error, path);
    }
  }

  /** The unnamed ones that lie in no other; of folders in a circle, the first. */
  *#tops(): Reading<InodeNumber[]> {
    const inner = new InodeSet();
    for (const inode of this.#unnamed) {
      if (!isType(inode, S_IFDIR)) continue;
      for (const child of yield* this.#children(inode.number)) inner.add(child.number);
    }
    const tops = this.#unnamed.filter(({ number }) => !inner.has(number));
    const reached = new InodeSet();
    for (const { number } of tops) reached.add(number);
    for (const { number } of tops) yield* this.#reach(number, reached);
    for (const inode of this.#unnamed) {
      if (!reached.add(inode.number)) continue;
      tops.push(inode);
      yield* this.#reach(inode.number, reached);
    }
    return tops.map(({ number }) => number);
  }
}

/** Inodes behind those that were ever used may hold rubbish. */
function countInitialized({ geometry }: Volume, info: GroupInfo): number {
  const isCounted = geometry.metadataChecksums || geometry.groupChecksums;
  if (!isCounted) return geometry.inodesPerGroup;
  if ((info.flags & GROUP_INODE_UNINIT) !== 0) return 0;
  return geometry.inodesPerGroup - info.countUnusedInodes;
}

/** Inodes that the file system itself uses and no folder names. */
function specialInodes({ geometry: { raw } }: Volume): number[] {
  return [
    raw.s_journal_inum,
    raw.s_usr_quota_inum,
    raw.s_grp_quota_inum,
    raw.s_prj_quota_inum,
    raw.s_orphan_file_inum,
    raw.s_snapshot_inum,
  ];
}

function* soundOrNone<T>(reading: Reading<T>): Reading<T | undefined> {
  try {
    return yield* reading;
  } catch (error) {
    if (error instanceof CorruptImageError) return undefined;
    throw error;
  }
}

function entryOf(name: Uint8Array, inode: InodeNumber): RawEntry {
  return new RawEntry(name, 0, name.length, inode, 0);
}
