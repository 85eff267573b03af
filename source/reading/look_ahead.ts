/**
 * Decides which folders of a walk other threads look at first, and has them do it.
 *
 * Those of file systems that another program or machine answers for are, from the beginning: a call
 * that never ends must not be the first thread's. Others are once the walk was seen to wait.
 * @module
 */

import type { TreeInode } from "../../ext4/tree.ts";
import { countWaits } from "../../host/threads/count_waits.ts";
import type { FolderPlace } from "../../pipeline/scanned_source.ts";
import type { PendingFolder } from "../pending_folder.ts";
import { LookedFolder } from "./looked_folder.ts";
import { ReadingThreads } from "./reading_threads.ts";
import type { ReadingTask } from "./tasks.ts";

/** A walk that handles fewer names than that in a millisecond waits for them. */
const NAMES_A_MS = 2.5;
/** So often it waits at least. */
const WAITS_A_NAME = 0.25;
/** Long enough to measure. */
const STRETCH_MS = 25;
/** So many such stretches one after the other, and other threads begin. */
const SLOW_STRETCHES = 2;
/** What listing a folder counts for, in names. */
const LISTING_NAMES = 3;
/** Folders that were begun and not taken; what is known of them is kept. */
const MOST_BEGUN = 64;

/** How to look ahead. */
export interface LookAheadOptions extends Omit<ReadingTask, "kind"> {
  /** Threads to read ahead with; 0 and 1: none; absent: as many as help. */
  readonly readAhead?: number | undefined;
  readonly signal: AbortSignal;
}

/** What is looked at ahead of a walk. */
export class LookAhead {
  #threads: ReadingThreads | undefined;
  readonly #begun = new Map<TreeInode, LookedFolder>();
  readonly #folders = new Set<TreeInode>();
  #isSlow = false;
  #countNames = 0;
  #ms = 0;
  #countSlow = 0;
  #countWaits = countWaits();

  constructor(
    private readonly options: LookAheadOptions,
    private readonly placeOf: (folder: TreeInode) => FolderPlace,
  ) {
    this.#isSlow = (options.readAhead ?? 0) > 1;
  }

  /** The threads, where there are any. */
  get threads(): ReadingThreads | undefined {
    return this.#threads;
  }

  /** The folders that other threads looked at: their files are best read by them as well. */
  get folders(): ReadonlySet<TreeInode> {
    return this.#folders;
  }

  /** Whether other threads are to look at a folder. */
  helps({ source, volume }: PendingFolder): boolean {
    const { readAhead } = this.options;
    if (source === "" || (readAhead !== undefined && readAhead < 2)) return false;
    return this.#isSlow || volume.isRemote;
  }

  /** Goes on to a folder, and begins with those that are next. @param stack Its last is the next. */
  take(folder: PendingFolder, stack: readonly PendingFolder[]): LookedFolder | undefined {
    const looked = this.#begun.get(folder.inode) ??
      (this.#lists(folder) ? this.#begin(folder) : undefined);
    this.#begun.delete(folder.inode);
    const depth = this.#threads?.depth ?? 0;
    for (let i = stack.length - 1; i >= Math.max(0, stack.length - depth); i--) {
      if (this.#begun.size >= MOST_BEGUN) break;
      const next = stack[i]!;
      if (!this.#begun.has(next.inode) && this.#lists(next)) {
        this.#begun.set(next.inode, this.#begin(next));
      }
    }
    return looked;
  }

  /**
   * Goes on with the rest of a folder by other threads, where they help.
   * @param names Packed.
   */
  rest(folder: PendingFolder, names: () => Uint8Array): LookedFolder | undefined {
    return this.helps(folder) ? this.#begin(folder, names()) : undefined;
  }

  /** Says how long the walk took for names by itself. */
  took(countNames: number, ms: number): void {
    this.#countNames += countNames + LISTING_NAMES;
    this.#ms += ms;
    if (this.#ms < STRETCH_MS) return;
    const waits = countWaits();
    // On a busy machine few names are handled as well: only who waits for them is helped.
    const isSlow = this.#countNames < this.#ms * NAMES_A_MS &&
      waits - this.#countWaits > this.#countNames * WAITS_A_NAME;
    this.#countWaits = waits;
    this.#countSlow = isSlow ? this.#countSlow + 1 : 0;
    this.#isSlow ||= this.#countSlow >= SLOW_STRETCHES;
    this.#countNames = 0;
    this.#ms = 0;
  }

  close(): void {
    this.#threads?.close();
  }

  /** Of a folder that is taken in part, others are given the names that are taken. */
  #lists(folder: PendingFolder): boolean {
    return folder.selection === undefined && this.helps(folder);
  }

  #begin({ inode, path }: PendingFolder, names?: Uint8Array): LookedFolder {
    const { allTimes, likelyHoles, exclude, signal, readAhead } = this.options;
    const begin = { kind: "begin", allTimes, likelyHoles, exclude } as const;
    this.#threads ??= new ReadingThreads(begin, signal, readAhead);
    this.#folders.add(inode);
    // What is posted is not a view of something larger.
    const place = { folder: this.placeOf(inode), path: path.slice() };
    return new LookedFolder(this.#threads, place, names);
  }
}
