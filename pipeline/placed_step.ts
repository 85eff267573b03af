/**
 * A step in a pipeline, with what the user gave for it.
 * @module
 */

import type { OptionValue } from "./options.ts";
import type { Step } from "./step.ts";

/** Options as given for one step, not yet checked. */
export type GivenOptions = Readonly<Record<string, OptionValue | undefined>>;

/** A step with the options given for it. */
export interface PlacedStep {
  /** The step. */
  readonly step: Step;
  /** Options as given, not yet checked. */
  readonly given: GivenOptions;
  /** The step it was put after by name; later ones for the same place go behind it. */
  readonly putAfter?: string;
}
