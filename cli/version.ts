/**
 * The version, from `deno.json`.
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** The version and what it runs on, as `--version` prints it. */
export const version: string = `icecore ${config.version}`;
