/**
 * A folder whose names other threads look at, ahead of the walk.
 * @module
 */

import { S_IFMT, S_IFREG } from "../../ext4/tree.ts";
import type { NewInode } from "../../ext4/tree_builder.ts";
import type { SystemError } from "../../host/libc/errno.ts";
import { StatusBuffer } from "../../host/libc/status.ts";
import type { FolderPlace } from "../../pipeline/scanned_source.ts";
import { isSameName, type NameList } from "../name_list.ts";
import type { NameReader, UnreadAttribute } from "../inode_reader.ts";
import { PackedNames } from "./packed_names.ts";
import { unposted } from "./posted_error.ts";
import type { ReadingThreads } from "./reading_threads.ts";
import { type LookedName, type LookResult, NAMES_A_TASK } from "./tasks.ts";

/** Tasks of a folder that is not taken yet. */
const TASKS_AHEAD = 8;

/** Where a folder is. */
export interface LookedPlace {
  readonly folder: FolderPlace;
  /** Path within its source. */
  readonly path: Uint8Array;
}

/** Names of a folder on their way; each is taken once, in order. */
export class LookedFolder {
  readonly #reader = new LookedNameReader();
  #names: Uint8Array;
  /** From the first name on that no task has. */
  #toAsk: PackedNames;
  /** From the first name on that was not taken, and what is known from there on. */
  #toTake: PackedNames;
  #known: LookedName[] = [];
  #isTaken: boolean;
  readonly #coming: Promise<LookResult>[] = [];
  readonly #listing: Promise<LookResult> | undefined;

  /** @param names Names that are known, packed; absent: the folder is to be listed. */
  constructor(
    private readonly threads: ReadingThreads,
    private readonly place: LookedPlace,
    names?: Uint8Array,
  ) {
    this.#names = names ?? new Uint8Array();
    this.#toAsk = new PackedNames(this.#names);
    this.#toTake = new PackedNames(this.#names);
    this.#isTaken = names !== undefined;
    if (this.#isTaken) this.#ask();
    else {
      this.#listing = this.#list();
      // Who does not come to the folder any more does not want to know.
      this.#listing.catch(() => {});
    }
  }

  /**
   * Adds the names of a folder that was to be listed.
   * @throws SystemError when it could not be listed to its end; the signal's reason.
   */
  async list(into: NameList): Promise<void> {
    const { listError } = await this.threads.need({ result: this.#listing! });
    this.#isTaken = true;
    this.#ask();
    for (const cName of new PackedNames(this.#names)) into.add(cName);
    if (listError !== undefined) throw unposted(listError);
  }

  /** Whether what is known of a name has come; names before it are passed over. */
  has(cName: Uint8Array): boolean {
    while (this.#known.length > 0) {
      if (isSameName(this.#toTake.next, cName)) return true;
      this.take();
    }
    return false;
  }

  /** Waits until what is known of a name has come. @throws the signal's reason. */
  async wait(cName: Uint8Array): Promise<void> {
    do {
      const { looked } = await this.threads.need({ result: this.#coming.shift()! });
      this.#ask();
      this.#known = [...looked];
    } while (!this.has(cName));
  }

  /** Goes on to the next name. @returns one that has looked at it, valid until the next. */
  take(): NameReader {
    this.#reader.goTo(this.#known.shift()!);
    this.#toTake.take(1);
    return this.#reader;
  }

  async #list(): Promise<LookResult> {
    const listing = await this.threads.look({ kind: "look", ...this.place }).result;
    this.#names = listing.names!;
    this.#toAsk = new PackedNames(this.#names);
    this.#toTake = new PackedNames(this.#names);
    this.#known = [...listing.looked];
    this.#toAsk.take(listing.looked.length);
    this.#ask();
    return listing;
  }

  #ask(): void {
    const most = this.#isTaken ? this.threads.depth : TASKS_AHEAD;
    while (!this.#toAsk.isAtEnd && this.#coming.length < most) {
      // What is posted is not a view of something larger.
      const names = this.#toAsk.take(NAMES_A_TASK).slice();
      this.#coming.push(this.threads.look({ kind: "look", ...this.place, names }).result);
    }
  }
}

/** Says again what another thread has seen. */
class LookedNameReader implements NameReader {
  readonly status = new StatusBuffer();
  #looked: LookedName = {};

  goTo(looked: LookedName): void {
    this.#looked = looked;
  }

  look(): void {
    const { status, error } = this.#looked;
    if (status === undefined) throw unposted(error!);
    this.status.bytes.set(status);
  }

  read(): NewInode {
    const { found, error } = this.#looked;
    if (found === undefined) throw unposted(error!);
    return found;
  }

  opensAsFolder(): boolean {
    return this.#looked.opensAsFolder === true;
  }

  get unread(): readonly UnreadAttribute[] {
    return (this.#looked.unread ?? []).map(({ error, name }) => ({
      error: unposted(error) as SystemError,
      name,
    }));
  }

  get type(): number {
    return this.status.mode & S_IFMT;
  }
  get isEmptyFile(): boolean {
    return this.status.sizeBytes === 0 && this.type === S_IFREG;
  }
  get fileSystem(): string {
    return this.status.fileSystem;
  }
  get linkKey(): string | undefined {
    return this.status.countLinks > 1 ? this.status.inodeKey : undefined;
  }
}
