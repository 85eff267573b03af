/**
 * The variables by which a zx script's process gets its task; removed from its environment before
 * the script runs.
 * @module
 */

/** The script's path. */
export const SCRIPT_VARIABLE = "ICECORE_ZX_SCRIPT";
/** What marks a line of its stdout that is an event. */
export const CHANNEL_VARIABLE = "ICECORE_ZX_CHANNEL";
/** The document of the context. */
export const CONTEXT_VARIABLE = "ICECORE_ZX_CONTEXT";
