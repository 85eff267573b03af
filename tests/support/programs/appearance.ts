/**
 * Waits for what another process does, without knowing how long that takes.
 * @module
 */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** Waits until a file is there; half a minute is long enough to give up. */
export async function appearance(path: string): Promise<void> {
  for (let waits = 0; !existsSync(path); waits++) {
    assert.ok(waits < 1500, `${path} appears`);
    await setTimeout(20);
  }
}
