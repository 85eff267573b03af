/**
 * What the commands take.
 * @module
 */

import type { Usage } from "@optique/core/usage";

/** The usage of each command, by name. */
export type Usages = Readonly<Record<string, Usage>>;
