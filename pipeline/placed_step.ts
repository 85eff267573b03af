/**
 * A step in a pipeline, with what the user gave for it.
 * @module
 */

import type { OptionValues } from "./options.ts";
import type { Step } from "./step.ts";

/** A step with the options given for it. */
export interface PlacedStep {
  /** The step. */
  readonly step: Step;
  /** Its options as far as they were given. */
  readonly given: OptionValues;
  /** The step it was put after by name; later ones for the same place go behind it. */
  readonly putAfter?: string;
}
