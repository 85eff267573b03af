/**
 * How patient a command is with a server.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import type { SourceOptions } from "../../host/block_source/block_source.ts";
import { parseSize } from "../../pipeline/words/size.ts";

/** The option, as a parser to be merged into a command's. */
export const servers = object("Servers", {
  leastRate: optional(option("--least-rate", string({ metavar: "SIZE" }), {
    description:
      message`Give up a server that sends less in a minute; 0 waits without end. Default: 64K.`,
  })),
});

/** Its value. */
export interface ServersValues {
  readonly leastRate?: string | undefined;
}

/** The option as `openImage` takes it. */
export function serverOptions({ leastRate }: ServersValues): SourceOptions {
  if (leastRate === undefined) return {};
  return { leastBytesPerMinute: parseSize(leastRate, "--least-rate", 0) };
}
