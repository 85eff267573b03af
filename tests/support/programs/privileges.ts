/**
 * Fewer rights than the tests have: words to put in front of a command line. They need `setpriv`,
 * and root to give rights up.
 * @module
 */

const OVERRIDES = "-dac_override,-dac_read_search";

/** Still root, and the owner of what root owns, but bound by the permissions of others. */
export const BOUND_BY_PERMISSIONS: readonly string[] = [
  "setpriv",
  `--bounding-set=${OVERRIDES}`,
  `--inh-caps=${OVERRIDES}`,
];

/** A user who may do nothing special. */
export const AS_NOBODY: readonly string[] = [
  "setpriv",
  "--reuid=65534",
  "--regid=65534",
  "--clear-groups",
];
