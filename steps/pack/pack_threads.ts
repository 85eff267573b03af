/**
 * The threads that digest an image while it is written, started before it is planned.
 * @module
 */

import type { StartedWorker } from "../../host/threads/started_worker.ts";
import { FileDigests } from "./file_digests.ts";
import { Hasher } from "./image_digest.ts";

/** The threads that digest. To load their code takes as long as to digest a small image. */
export interface PackThreads {
  readonly image: StartedWorker;
  readonly files?: StartedWorker;
}

/** Starts them: they load their code meanwhile. */
export function startThreads(needsDigests: boolean): PackThreads {
  return { image: Hasher.start(), ...(needsDigests ? { files: FileDigests.start() } : {}) };
}
