/**
 * Digests each file that goes by in the buffers of a ring, on a thread of its own.
 * @module
 */

import { startDigests } from "../../host/digests/hash.ts";
import { boundGarbage } from "../../host/garbage_bound.ts";
import { COUNT_BUFFERS, type RingMemory, takeBuffers } from "../../host/threads/ring.ts";
import { FilePieces, type PieceMemory } from "./file_pieces.ts";
import { PieceDigester } from "./piece_digester.ts";

/** What the pieces of so many buffers were made of is garbage. */
const BUFFERS_A_COLLECTION = 32;

/** What the worker receives at its start. */
export interface FileDigestTask {
  readonly ring: RingMemory;
  /** Which of the ring's takers it is. */
  readonly taker: number;
  readonly pieces: PieceMemory;
  /** A digest for each inode from 1 on; those of files with data are filled in. */
  readonly table: SharedArrayBuffer;
}

/** What it says when it failed. */
export interface FileDigestFailure {
  readonly failure: string;
}

/** What a worker's global scope offers here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<FileDigestTask>) => Promise<void>;
  postMessage(failure: FileDigestFailure): void;
};

scope.onmessage = async ({ data }) => {
  await digestAll(data).catch((error) =>
    scope.postMessage({ failure: error instanceof Error ? error.message : String(error) })
  );
};

async function digestAll({ ring, taker, pieces, table }: FileDigestTask): Promise<void> {
  const digester = new PieceDigester(await startDigests("sha256"), new Uint8Array(table));
  const filePieces = new FilePieces(pieces);
  let taken = 0;
  for (const buffer of takeBuffers(ring, taker)) {
    // This thread's garbage alone: of a million small files it would be more than all else.
    if (taken % BUFFERS_A_COLLECTION === 0) boundGarbage();
    digester.take(buffer, filePieces.of(taken++ % COUNT_BUFFERS));
  }
}
