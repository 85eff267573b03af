/**
 * A plan of two volumes, for tests of the queue.
 * @module
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { icecoreOutput } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** A folder with `p.plan` of two volumes, `out`, and a place for Redis. */
export async function withPlan(
  use: (folder: string, redis: string) => Promise<void>,
): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    for (const name of ["a", "b"]) {
      mkdirSync(join(folder, "src", name), { recursive: true });
      const bytes = new Uint8Array(900_000);
      for (let i = 0; i < bytes.length; i++) {
        bytes[i] = Math.imul(i, 2_654_435_761) >>> 13;
      }
      writeFileSync(join(folder, "src", name, "data.bin"), bytes);
    }
    for (const name of ["out", "redis"]) mkdirSync(join(folder, name));
    await icecoreOutput(["volume", "plan", "src/.", "-o", "p.plan", "--size", "1M", "-q"], folder);
    await use(folder, join(folder, "redis"));
  });
}
