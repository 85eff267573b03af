/**
 * The options of `ssh`.
 * @module
 */

import type { OptionsSchema } from "../../mod.ts";

const MOST_PORT = 65_535;
const MOST_RETRIES = 20;

/** By name. */
export const options = {
  to: { type: "string", help: "where to: [USER@]HOST:FOLDER", required: true },
  identityFile: { type: "string", help: "the private key's file; ssh's own choice if left out" },
  port: {
    type: "number",
    help: "the port; ssh's own choice if left out",
    least: 1,
    most: MOST_PORT,
    whole: true,
  },
  sshOptions: { type: "strings", help: "more of ssh's options, e.g. ProxyJump=gate" },
  retries: {
    type: "number",
    help: "how often a broken copy goes on",
    least: 0,
    most: MOST_RETRIES,
    whole: true,
    default: 5,
  },
  overwrite: { type: "boolean", help: "replace what is there", default: false },
  resume: {
    type: "boolean",
    help: "keep what a failed build has copied, and continue it",
    default: false,
  },
} as const satisfies OptionsSchema;
