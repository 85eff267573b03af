/**
 * What `--verbose` prints about a server: how much was asked of it.
 * @module
 */

import type { Traffic } from "../../host/block_source/block_source.ts";
import { counted } from "../../pipeline/words/counted.ts";
import type { CommonValues } from "./common_options.ts";
import { note } from "./output.ts";

/** Prints requests and bytes; nothing of what is local. */
export function noteTraffic(traffic: Traffic | undefined, { verbose }: CommonValues): void {
  if (verbose !== true || traffic === undefined) return;
  const { countRequests, countBytes } = traffic;
  note(`icecore: ${counted(countRequests, "request")}, ${countBytes} bytes`);
}
