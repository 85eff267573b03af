/**
 * The digests of all files of an image, made on another thread while the image is written.
 * @module
 */

import { ContentDigest } from "../../ext4/content_digest.ts";
import type { BlocklessFile, Run } from "../../ext4/plan/plan.ts";
import { hasLongHoles } from "../../ext4/record.ts";
import { RECORD_DIGEST_BYTES } from "../../ext4/structs/record.ts";
import type { Tree } from "../../ext4/tree.ts";
import { startDigests } from "../../host/hash.ts";
import type { FileDigestFailure, FileDigestTask } from "./file_digest_worker.ts";
import { FilePieces, makePieceMemory } from "./file_pieces.ts";
import type { RingMemory } from "./ring.ts";

/** What is digested. */
export interface DigestedImage {
  readonly tree: Tree;
  /** The highest inode number in use. */
  readonly countInodes: number;
  /** Files without a block. */
  readonly blockless: Iterable<BlocklessFile>;
}

/** Running digests. */
export class FileDigests {
  readonly #worker: Worker;
  readonly #pieces: FilePieces;
  /** A digest an inode; then the digest of header and table. */
  readonly #table: Uint8Array;
  #failure: Error | undefined;

  /** @param ring has two takers, of which the second is this one's */
  constructor(private readonly image: DigestedImage, ring: RingMemory) {
    const table = new SharedArrayBuffer((image.countInodes + 1) * RECORD_DIGEST_BYTES);
    const pieces = makePieceMemory();
    this.#table = new Uint8Array(table);
    this.#pieces = new FilePieces(pieces);
    const fail = (why: string) => {
      this.#failure = new Error(`cannot digest the files: ${why}. Report this.`);
    };
    this.#worker = new Worker(new URL("./file_digest_worker.ts", import.meta.url), {
      type: "module",
    });
    this.#worker.onmessage = ({ data }: MessageEvent<FileDigestFailure>) => fail(data.failure);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message);
    };
    this.#worker.postMessage({ ring, pieces, table } satisfies FileDigestTask);
  }

  /** Begins a buffer. @param index of it in the ring */
  begin(index: number): void {
    this.#pieces.clear(index);
  }

  /** Names a piece of a file in a buffer: its bytes `[start, start + lengthBytes)`. */
  add(
    index: number,
    run: Run & { kind: "file" },
    done: number,
    start: number,
    lengthBytes: number,
  ) {
    this.#pieces.add(index, {
      number: run.number,
      start,
      lengthBytes,
      offsetBytes: run.offsetBytes + done,
      sizeBytes: this.image.tree.sizeBytes[run.inode]!,
      hasLongHoles: run.hasLongHoles,
    });
  }

  /** Says in a buffer that no file has a piece behind those named. */
  end(index: number): void {
    const lengthBytes = 0;
    const nothing = { number: 0, start: 0, lengthBytes, offsetBytes: 0, sizeBytes: 0 };
    this.#pieces.add(index, { ...nothing, hasLongHoles: false });
  }

  /** Why the thread failed, if so: it takes no more buffers then. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * The table and, behind it, the digest of header and table. The thread must have taken all
   * buffers, the one that {@linkcode end} was said in among them.
   */
  async finish(header: Uint8Array): Promise<Uint8Array> {
    if (this.#failure !== undefined) throw this.#failure;
    const maker = await startDigests("sha256");
    const digest = new ContentDigest(maker);
    for (const { number, sizeBytes } of this.image.blockless) {
      digest.begin(sizeBytes, hasLongHoles(sizeBytes, 0));
      digest.finishInto(this.#table, (number - 1) * RECORD_DIGEST_BYTES);
    }
    const end = this.#table.length - RECORD_DIGEST_BYTES;
    maker.update(header);
    maker.update(this.#table.subarray(0, end));
    maker.finishInto(this.#table, end);
    return this.#table;
  }

  /** Ends the thread. */
  close(): void {
    this.#worker.terminate();
  }
}
