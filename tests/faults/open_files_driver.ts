/**
 * Opens files until no more may be open, and then makes a build's private folder.
 * @module
 */

import { openSync } from "node:fs";
import { makeWorkdir } from "../../host/files/workdir.ts";

// What it needs of the runtime is loaded by then.
makeWorkdir("-").release();
try {
  for (;;) openSync("/dev/null", "r");
} catch {
  // That was the last one.
}
try {
  makeWorkdir("-");
} catch (error) {
  console.log((error as Error).message);
}
