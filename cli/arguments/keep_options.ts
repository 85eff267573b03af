/**
 * The options that say which images of a folder are kept.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { integer } from "@optique/core/valueparser";
import type { KeepRules } from "../rotation/keep_rules.ts";

const count = integer({ metavar: "N", min: 1, max: 1_000_000 });

/** The options, as a parser to be merged into a command's. */
export const keeping = object("What is kept", {
  keepLast: optional(option("--keep-last", count, {
    description: message`Keep the newest N images.`,
  })),
  keepDaily: optional(option("--keep-daily", count, {
    description: message`Keep the newest of each of the last N days that have one.`,
  })),
  keepWeekly: optional(option("--keep-weekly", count, {
    description: message`The same of weeks, from Monday on.`,
  })),
  keepMonthly: optional(option("--keep-monthly", count, {
    description: message`The same of months.`,
  })),
  keepYearly: optional(option("--keep-yearly", count, {
    description: message`The same of years.`,
  })),
});

/** Their values. */
export interface KeepingValues {
  readonly keepLast: number | undefined;
  readonly keepDaily: number | undefined;
  readonly keepWeekly: number | undefined;
  readonly keepMonthly: number | undefined;
  readonly keepYearly: number | undefined;
}

/** The rules that they make. */
export function keepRulesOf(values: KeepingValues): KeepRules {
  return {
    last: values.keepLast,
    daily: values.keepDaily,
    weekly: values.keepWeekly,
    monthly: values.keepMonthly,
    yearly: values.keepYearly,
  };
}
