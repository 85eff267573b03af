/**
 * Writes plans.
 * @module
 */

import { LinesWriter } from "./lines.ts";
import type { MovedNames, Plan } from "./plan.ts";

/** Writes a plan into a stream, and closes it. @returns its digest in hex */
export async function writePlan(
  stream: WritableStream<Uint8Array>,
  { header, volumes }: Pick<Plan, "header" | "volumes">,
  moved: AsyncIterable<MovedNames>,
): Promise<string> {
  const lines = new LinesWriter(stream);
  let countMoved = 0;
  try {
    await lines.add(header);
    for (const volume of volumes) await lines.add(volume);
    for await (const { type, folder, names, from, to, why } of moved) {
      countMoved += names.length;
      await lines.add({ type, folder, names, from, to, why });
    }
    return await lines.end({ countVolumes: volumes.length, countMoved });
  } catch (error) {
    await lines.abort(error);
    throw error;
  }
}
