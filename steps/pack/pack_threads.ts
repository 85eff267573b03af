/**
 * The threads that digest: to load their code takes as long as to digest a small image.
 * @module
 */

import type { StartedWorker } from "../../host/threads/started_worker.ts";
import { FileDigests } from "./file_digests.ts";
import { Hasher } from "./image_digest.ts";

/** Threads that load their code until there is something to digest. */
export class PackThreads {
  readonly image: StartedWorker = Hasher.start();
  readonly files: StartedWorker | undefined;

  /** @param needsDigests whether files are digested as well */
  constructor(needsDigests: boolean) {
    if (needsDigests) this.files = FileDigests.start();
  }

  /** Ends those that nobody took over; whoever did has ended them by then. */
  close(): void {
    this.image.worker.terminate();
    this.files?.worker.terminate();
  }
}
