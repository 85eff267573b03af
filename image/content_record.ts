/**
 * The record of an image: what the SHA-256 of each file's contents was when the image was made.
 * @module
 */

import type { InodeNumber } from "../ext4/numbers.ts";
import type { FileSystem } from "../ext4/reader/file_system.ts";
import { isZero } from "../ext4/reader/little_endian.ts";
import { KnownInodes, type PostedInodes } from "../ext4/reader/metadata/known_inodes.ts";
import type { RecordData } from "../ext4/reader/metadata/record.ts";
import type { RecordBase } from "../ext4/record.ts";
import { RECORD_DIGEST_BYTES } from "../ext4/structs/record.ts";
import { startHash } from "../host/digests/hash.ts";
import type { ImageRecord, RecordVerdict } from "./image_record.ts";

/** Digests that are read at once: neighbours are asked for one after the other. */
const CHUNK_DIGESTS = 2048;

/** A verdict, and what was kept on the way to it, as another thread can be posted it. */
export interface PostedVerdict {
  readonly verdict: RecordVerdict;
  readonly inodes: PostedInodes | undefined;
}

/** The record of one open image, read when it is asked for. */
export class ContentRecord implements ImageRecord {
  readonly #files: FileSystem;
  readonly #data: RecordData | undefined;
  #verdict: RecordVerdict | undefined;
  /** Digests of consecutive inodes: some, or after {@linkcode load} all. */
  #digests = new Uint8Array();
  #first = 1;

  private constructor(
    files: FileSystem,
    data: RecordData | undefined,
    verdict: RecordVerdict | undefined,
    /** Whether it cannot be used, and seems to be that of a layer: what that lies on is not known. */
    readonly mayBeLayer = false,
  ) {
    this.#files = files;
    this.#data = data;
    this.#verdict = verdict;
  }

  /** Reads the header. */
  static async open(files: FileSystem): Promise<ContentRecord> {
    const stored = await files.record();
    if (stored.kind === "record") return new ContentRecord(files, stored.record, undefined);
    const verdict: RecordVerdict = stored.kind === "none"
      ? { state: "none" }
      : { state: stored.kind, why: stored.why };
    const mayBeLayer = stored.kind !== "none" && stored.mayBeLayer;
    return new ContentRecord(files, undefined, verdict, mayBeLayer);
  }

  /** What is known from the header alone. */
  get presence(): "present" | "none" | "unknown" | "broken" {
    if (this.#data !== undefined) return "present";
    const state = this.#verdict?.state;
    return state === "unknown" || state === "broken" ? state : "none";
  }

  /** Whether there are digests to compare with; whether they can be relied on, says `verdict`. */
  get hasDigests(): boolean {
    return this.#data !== undefined;
  }

  /** Whether the image holds all times of its source; `undefined` where that is not recorded. */
  get hasAllTimes(): boolean | undefined {
    return this.#data?.hasAllTimes;
  }

  /** The image below, where this one is a layer of a stack. */
  get base(): RecordBase | undefined {
    return this.#data?.base;
  }

  /** Whether the superblock says that nothing was written since the record was made. */
  get isAsWritten(): boolean {
    if (this.#data === undefined) return false;
    const { r_wtime, r_wtime_hi } = this.#data.raw;
    return this.#files.info.writtenSeconds === r_wtime_hi * 2 ** 32 + r_wtime;
  }

  /** The record's last 32 bytes: by them, a layer on top names this image. */
  async ownDigest(): Promise<Uint8Array | undefined> {
    if (this.#data === undefined) return undefined;
    const digest = new Uint8Array(RECORD_DIGEST_BYTES);
    const behindLast = this.#data.countInodes + 1 as InodeNumber;
    await this.#files.readRecord(this.#data, behindLast, digest);
    return digest;
  }

  /**
   * Whether the record can be relied on; reads all of it and all inodes, once.
   *
   * What matches a digest needs no verdict. What does not is damaged only where this is `sound`.
   */
  async verdict(_inode?: InodeNumber, keepsInodes = false): Promise<RecordVerdict> {
    return this.#verdict ??= await this.#judge(this.#data!, keepsInodes);
  }

  /** The verdict, to be posted to another thread. @param keepsInodes as of `verdict` */
  async postedVerdict(keepsInodes: boolean): Promise<PostedVerdict> {
    const verdict = await this.verdict(undefined, keepsInodes);
    return { verdict, inodes: this.#files.knownInodes?.posted };
  }

  /** Takes over the verdict of another thread on the same image. */
  adopt({ verdict, inodes }: PostedVerdict): void {
    this.#verdict = verdict;
    if (inodes !== undefined) this.#files.knownInodes = KnownInodes.ofPosted(inodes);
  }

  /** Reads all digests, for those who want most of them: 32 bytes an inode. */
  async load(): Promise<void> {
    if (this.#data !== undefined) await this.#read(1 as InodeNumber, this.#data.countInodes);
  }

  /** Reads the digest of an inode, and those of its neighbours, where they are not there yet. */
  async prepare(inode: InodeNumber): Promise<void> {
    const data = this.#data;
    if (data === undefined || inode > data.countInodes || this.isPrepared(inode)) return;
    await this.#read(inode, Math.min(CHUNK_DIGESTS, data.countInodes - inode + 1));
  }

  /**
   * The digest of an inode that was prepared or loaded: 32 bytes, a view; `undefined` where none was
   * recorded.
   */
  digestOf(inode: InodeNumber): Uint8Array | undefined {
    const start = this.#startOf(inode);
    return start < 0 ? undefined : this.#digests.subarray(start, start + RECORD_DIGEST_BYTES);
  }

  /** Whether an inode that was prepared or loaded has another digest than that at `at` in a table. */
  isOther(inode: InodeNumber, table: Uint8Array, at: number): boolean {
    const start = this.#startOf(inode);
    if (start < 0) return false;
    const digests = this.#digests;
    for (let i = 0; i < RECORD_DIGEST_BYTES; i++) {
      if (table[at + i] !== digests[start + i]) return true;
    }
    return false;
  }

  /**
   * Whether an inode's digest, or that none was recorded of it, is known without reading; see
   * `prepare`.
   */
  isPrepared(inode: InodeNumber): boolean {
    const end = this.#first + this.#digests.length / RECORD_DIGEST_BYTES;
    return inode >= this.#first && inode < end;
  }

  /** Where the digest of an inode that was prepared begins; -1 where none was recorded. */
  #startOf(inode: InodeNumber): number {
    if (!this.isPrepared(inode)) return -1;
    const start = (inode - this.#first) * RECORD_DIGEST_BYTES;
    return isZero(this.#digests, start, start + RECORD_DIGEST_BYTES) ? -1 : start;
  }

  async #read(first: InodeNumber, count: number): Promise<void> {
    const digests = new Uint8Array(count * RECORD_DIGEST_BYTES);
    await this.#files.readRecord(this.#data!, first, digests);
    [this.#first, this.#digests] = [first, digests];
  }

  async #judge(data: RecordData, keepsInodes: boolean): Promise<RecordVerdict> {
    const { raw, countInodes } = data;
    const { info } = this.#files;
    if (countInodes > info.countInodes) {
      return { state: "stale", why: "it was made for more inodes than the image has" };
    }
    if (!await this.#isTableSound(data)) {
      return { state: "broken", why: "the digest of its table is wrong" };
    }
    const checksum = await this.#files.inodesChecksum(countInodes, keepsInodes);
    if (checksum === raw.r_inodes_checksum) return { state: "sound" };
    const why = "its inodes are not those that the record was made for";
    if (checksum !== undefined) return { state: "stale", why };
    // Damaged inodes say nothing: then the time of the last writing has to do.
    return this.isAsWritten ? { state: "sound" } : { state: "stale", why };
  }

  async #isTableSound(data: RecordData): Promise<boolean> {
    const hash = await startHash("sha256");
    try {
      hash.update(data.header);
      const piece = new Uint8Array(CHUNK_DIGESTS * RECORD_DIGEST_BYTES);
      for (let done = 0; done < data.countInodes; done += CHUNK_DIGESTS) {
        const count = Math.min(CHUNK_DIGESTS, data.countInodes - done);
        const part = piece.subarray(0, count * RECORD_DIGEST_BYTES);
        await this.#files.readRecord(data, done + 1 as InodeNumber, part);
        hash.update(part);
      }
      const stored = await this.ownDigest();
      return stored !== undefined && hash.digest() === hexOf(stored);
    } finally {
      hash.close();
    }
  }
}

/** Bytes in hex, as `sha256sum` prints a digest. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
