/**
 * The verdicts on the records of images, found by a thread of its own while there is other work.
 *
 * The thread gives way to all others, and is not waited for: what it has not found in time, whoever
 * needs it finds out.
 * @module
 */

import type { HostBlockSource } from "../host/block_source/block_source.ts";
import type { ContentRecord, PostedVerdict } from "./content_record.ts";

/** An image that is open. */
export interface AheadImage {
  readonly location: string;
  readonly source: Pick<HostBlockSource, "identity">;
  readonly record: ContentRecord;
}

/** What the thread is posted: paths, and whether it is to keep what it reads of inodes. */
export interface VerdictTask {
  readonly paths: readonly string[];
  readonly keepsInodes: boolean;
}

/** What it posts for each of them: on which file; missing where it found nothing. */
export type VerdictAnswer = readonly (
  | { readonly identity: string; readonly posted: PostedVerdict }
  | undefined
)[];

/** A thread at work. */
export class VerdictsAhead {
  readonly #worker = new Worker(new URL("./verdict_worker.ts", import.meta.url), {
    type: "module",
  });
  #answer: VerdictAnswer = [];

  /** @param images Of files of this machine. @param keepsInodes As of `ContentRecord.verdict`. */
  constructor(private readonly images: readonly AheadImage[], keepsInodes: boolean) {
    this.#worker.onmessage = ({ data }: MessageEvent<VerdictAnswer>) => {
      this.#answer = data;
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.close();
    };
    const task: VerdictTask = { paths: images.map(({ location }) => location), keepsInodes };
    this.#worker.postMessage(task);
  }

  /** Hands over what was found by now of the same files. @returns Of how many. */
  adopt(): number {
    let count = 0;
    for (const [i, { source, record }] of this.images.entries()) {
      const found = this.#answer[i];
      if (found === undefined || found.identity !== source.identity) continue;
      record.adopt(found.posted);
      count++;
    }
    return count;
  }

  /** Ends the thread, whatever it does. */
  close(): void {
    this.#worker.terminate();
  }
}
