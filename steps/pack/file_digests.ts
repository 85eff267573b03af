/**
 * The digests of all files of an image, made while the image is written: on another thread, or here.
 * @module
 */

import { ContentDigest, type DigestMaker } from "../../ext4/content_digest.ts";
import type { BlocklessFile, SharedFile } from "../../ext4/plan_image.ts";
import { hasLongHoles } from "../../ext4/record.ts";
import { RECORD_DIGEST_BYTES } from "../../ext4/structs/record.ts";
import { startDigests } from "../../host/digests/hash.ts";
import type { RingMemory } from "../../host/threads/ring.ts";
import type { FileDigestFailure, FileDigestTask } from "./file_digest_worker.ts";
import { type FilePiece, FilePieces, makePieceMemory } from "./file_pieces.ts";
import { PieceDigester } from "./piece_digester.ts";

/** Files that do not go by: those without blocks, and those that lie in the blocks of another. */
export interface OtherFiles {
  readonly blockless: Iterable<BlocklessFile>;
  readonly shared?: Iterable<Pick<SharedFile, "number" | "ownerNumber">> | undefined;
}

/** Running digests. */
export class FileDigests {
  readonly #pieces: FilePieces;
  /** A digest an inode; then the digest of header and table. */
  readonly #table: Uint8Array;
  readonly #worker: Worker | undefined;
  readonly #here: PieceDigester | undefined;
  #failure: Error | undefined;

  /**
   * @param countInodes the highest inode number in use
   * @param ring its last taker is this one
   * @param here makes them on this thread, which is then no taker: a thread takes a while to begin
   */
  constructor(countInodes: number, ring: RingMemory, here?: DigestMaker) {
    const table = new SharedArrayBuffer((countInodes + 1) * RECORD_DIGEST_BYTES);
    const pieces = makePieceMemory(ring);
    this.#table = new Uint8Array(table);
    this.#pieces = new FilePieces(pieces);
    if (here !== undefined) {
      this.#here = new PieceDigester(here, this.#table);
      return;
    }
    const fail = (why: string) => {
      this.#failure = new Error(`cannot digest the files: ${why}. Report this.`);
    };
    const worker = new Worker(new URL("./file_digest_worker.ts", import.meta.url), {
      type: "module",
    });
    worker.onmessage = ({ data }: MessageEvent<FileDigestFailure>) => fail(data.failure);
    worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message);
    };
    const taker = ring.countTakers - 1;
    worker.postMessage({ ring, taker, pieces, table } satisfies FileDigestTask);
    this.#worker = worker;
  }

  /** Begins a buffer. @param index of it in the ring */
  begin(index: number): void {
    this.#pieces.clear(index);
  }

  /** Names a piece of a file in a buffer; the pieces of a file follow each other. */
  add(index: number, piece: FilePiece): void {
    this.#pieces.add(index, piece);
  }

  /** Says in a buffer that no file has a piece behind those named. */
  end(index: number): void {
    const lengthBytes = 0;
    const nothing = { number: 0, start: 0, lengthBytes, offsetBytes: 0, sizeBytes: 0 };
    this.#pieces.add(index, { ...nothing, hasLongHoles: false });
  }

  /** Says that a buffer is filled; it may still be read, but not written. */
  filled(index: number, buffer: Uint8Array): void {
    this.#here?.take(buffer, this.#pieces.of(index));
  }

  /** Why the thread failed, if so: it takes no more buffers then. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * The digests of all inodes from 1 on, 32 bytes each; zeros where there was no file. The thread must
   * have taken all buffers, the one that {@linkcode end} was said in among them.
   */
  async table({ blockless, shared = [] }: OtherFiles): Promise<Uint8Array> {
    if (this.#failure !== undefined) throw this.#failure;
    const digest = new ContentDigest(await startDigests("sha256"));
    for (const { number, sizeBytes } of blockless) {
      digest.begin(sizeBytes, hasLongHoles(sizeBytes, 0));
      digest.finishInto(this.#table, (number - 1) * RECORD_DIGEST_BYTES);
    }
    for (const { number, ownerNumber } of shared) {
      const start = (ownerNumber - 1) * RECORD_DIGEST_BYTES;
      const to = (number - 1) * RECORD_DIGEST_BYTES;
      this.#table.copyWithin(to, start, start + RECORD_DIGEST_BYTES);
    }
    return this.#table.subarray(0, this.#table.length - RECORD_DIGEST_BYTES);
  }

  /** The same table and, behind it, the digest of a header and the table. */
  async finish(others: OtherFiles, header: Uint8Array): Promise<Uint8Array> {
    const table = await this.table(others);
    const maker = await startDigests("sha256");
    maker.update(header);
    maker.update(table);
    maker.finishInto(this.#table, table.length);
    return this.#table;
  }

  /** The digest of an inode whose file went by, once all buffers were taken; a view. */
  digestOf(number: number): Uint8Array {
    return this.#table.subarray((number - 1) * RECORD_DIGEST_BYTES, number * RECORD_DIGEST_BYTES);
  }

  /** Ends the thread, where there is one. */
  close(): void {
    this.#worker?.terminate();
  }
}
