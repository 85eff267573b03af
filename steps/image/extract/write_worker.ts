/**
 * Writes small files, gives them mode and times, and closes them, on a thread of its own.
 * @module
 */

import { hasCode, SystemError } from "../../../host/libc/errno.ts";
import { close, writeAllAt } from "../../../host/libc/files.ts";
import { setModeOfOpen, setTimesOfOpen } from "../../../host/libc/open_nodes.ts";
import { type RingMemory, takeBuffers } from "../../pack/ring.ts";
import { type BatchedFile, batchedFiles } from "./file_batch.ts";
import { REFUSALS } from "./losses.ts";
import { WriteFailures } from "./write_failures.ts";

/** What the worker is told at its start. */
export interface WriteTask {
  readonly ring: RingMemory;
  readonly failures: SharedArrayBuffer;
}

/** A mode or time that the target's file system refused. */
export interface Refusal {
  readonly row: number;
  readonly what: string;
  readonly call: string;
  readonly errno: number;
}

/** What a worker's global scope offers here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<WriteTask>) => void;
  postMessage(refusals: readonly Refusal[]): void;
};

scope.onmessage = ({ data: { ring, failures } }) => {
  const writer = new Writer(new WriteFailures(failures));
  for (const buffer of takeBuffers(ring)) {
    for (const file of batchedFiles(buffer)) writer.complete(file);
  }
  scope.postMessage(writer.refusals);
};

class Writer {
  readonly refusals: Refusal[] = [];

  constructor(private readonly failures: WriteFailures) {}

  complete(file: BatchedFile): void {
    try {
      try {
        if (this.failures.count > 0) throw new SystemError("write", EIO);
        if (file.sizeBytes > 0) writeAllAt(file.fd, file.bytes, 0);
        this.#try(file, "its mode", () => setModeOfOpen(file.fd, file.mode));
        this.#try(file, "its times", () => setTimesOfOpen(file.fd, file.atime, file.mtime));
      } finally {
        close(file.fd);
      }
    } catch (error) {
      this.failures.add(file.row, error instanceof SystemError ? error.errno : EIO);
    }
  }

  #try({ row }: BatchedFile, what: string, set: () => void): void {
    try {
      set();
    } catch (error) {
      if (!(error instanceof SystemError) || !hasCode(error, ...REFUSALS)) throw error;
      this.refusals.push({ row, what, call: error.call, errno: error.errno });
    }
  }
}

const EIO = 5;
