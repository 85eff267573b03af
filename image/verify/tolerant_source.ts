/**
 * An image on a disk that cannot be read everywhere: what cannot be read becomes zeros, and is known.
 * @module
 */

import type { HostBlockSource } from "../../host/block_source/block_source.ts";
import { SourceOver } from "../../host/block_source/source_over.ts";
import type { Breather } from "../../host/breathe.ts";
import { meaningOf } from "../../host/libc/errno.ts";
import { CarefulReader, isOfAPart } from "../../source/careful_reader.ts";
import type { ImageRange } from "./tails.ts";

/** Reads on behind sectors that cannot be read. */
export class TolerantSource extends SourceOver {
  readonly #careful: CarefulReader;
  #lost: ImageRange[] = [];
  #reason = "";

  constructor(source: HostBlockSource, breather: Breather) {
    super(source);
    this.#careful = new CarefulReader(
      (into, offsetBytes) => this.#readPart(into, offsetBytes),
      breather,
      (start, end, error) => {
        this.#lost.push([start, end]);
        this.#reason ||= meaningOf(error);
      },
    );
  }

  /** What could not be read so far, ascending and not touching. */
  get lost(): readonly ImageRange[] {
    return this.#lost = merged(this.#lost);
  }

  /** Why not, of the first. */
  get reason(): string {
    return this.#reason;
  }

  override read(offsetBytes: number, into: Uint8Array): Promise<void> | void {
    try {
      return this.beneath.read(offsetBytes, into);
    } catch (error) {
      if (!this.isLocal || !isOfAPart(causeOf(error))) throw error;
      return this.#careful.read(into, offsetBytes, 0).then(() => {});
    }
  }

  #readPart(into: Uint8Array, offsetBytes: number): number {
    try {
      void this.beneath.read(offsetBytes, into);
      return into.length;
    } catch (error) {
      throw isOfAPart(causeOf(error)) ? causeOf(error) : error;
    }
  }
}

/** The parts of ranges that lie in others as well; all ascending and not touching. */
export function common(
  ranges: readonly ImageRange[],
  others: readonly ImageRange[],
): ImageRange[] {
  return ranges.flatMap(([start, end]) =>
    others.map(([from, to]): ImageRange => [Math.max(start, from), Math.min(end, to)])
      .filter(([from, to]) => from < to)
  );
}

function merged(ranges: readonly ImageRange[]): ImageRange[] {
  const result: [number, number][] = [];
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
