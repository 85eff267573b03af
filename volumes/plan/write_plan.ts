/**
 * Writes plans.
 * @module
 */

import { createHash } from "node:crypto";
import { LinesWriter } from "./lines.ts";
import type { MovedNames, PlanHeader, PlannedVolume } from "./plan.ts";

/** Writes a plan into a stream: the header, then the volumes, then what was moved. */
export class PlanWriter {
  readonly #lines: LinesWriter;
  #countVolumes = 0;
  #countMoved = 0;

  constructor(stream: WritableStream<Uint8Array>) {
    this.#lines = new LinesWriter(stream);
  }

  async addHeader(header: PlanHeader): Promise<void> {
    await this.#lines.add(header);
  }

  async addVolume(volume: PlannedVolume): Promise<void> {
    this.#countVolumes++;
    await this.#lines.add(volume);
  }

  async addMoved(moved: MovedNames): Promise<void> {
    this.#countMoved += moved.names.length;
    await this.#lines.add(moved);
  }

  /** @returns the digest of the plan, in hex */
  async end(): Promise<string> {
    return await this.#lines.end({
      countVolumes: this.#countVolumes,
      countMoved: this.#countMoved,
    });
  }

  async abort(reason: unknown): Promise<void> {
    await this.#lines.abort(reason);
  }
}

/** What makes a volume the one it is: where it stands in a plan is not part of it. */
export function volumeKey(
  { name, host, range, base, contents }: Omit<PlannedVolume, "key">,
  { sources, options }: PlanHeader,
): string {
  const own = sources.filter((source) => source.host === host);
  const what = { name, host, range, base, contents, sources: own, options };
  return createHash("sha256").update(JSON.stringify(what)).digest("hex");
}
