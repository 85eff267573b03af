/**
 * Whether something is a step: what a program, a module or a library caller hands over is checked
 * before it is used.
 * @module
 */

import { UsageError } from "./build_errors.ts";
import { PHASES } from "./image.ts";
import type { Step } from "./step.ts";
import { didYouMean } from "./words/suggest.ts";

type Check = readonly [expected: string, holds: (value: unknown) => boolean];

const TEXT: Check = ["text", (value) => typeof value === "string"];
const TRUTH: Check = ["true or false", (value) => typeof value === "boolean"];
const FUNCTION: Check = ["a function", (value) => typeof value === "function"];
const isPhase = (value: unknown): boolean => (PHASES as readonly unknown[]).includes(value);
const isList = (value: unknown, holds: (each: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(holds);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const READS = ["image", "payload", "parts"] as const;

const FIELDS: Readonly<Record<string, Check>> = {
  summary: TEXT,
  accepts: [`a list of phases (${PHASES.join(", ")})`, (value) => isList(value, isPhase)],
  leaves: [`a phase (${PHASES.join(", ")})`, isPhase],
  tools: ["a list of programs", (value) => isList(value, (each) => typeof each === "string")],
  privileged: TRUTH,
  options: [
    "a record of options, each with a help text and a type, which is one of " +
    "string, number, boolean, size, strings",
    isOptions,
  ],
  before: TEXT,
  after: TEXT,
  changes: TRUTH,
  digests: TRUTH,
  shell: ["false, or to be left out", (value) => value === false],
  check: FUNCTION,
  preview: FUNCTION,
  stream: FUNCTION,
  ended: FUNCTION,
  streams: TRUTH,
  leavesFiles: TRUTH,
  passive: TRUTH,
  transforms: TRUTH,
  reads: [READS.join(" or "), (value) => (READS as readonly unknown[]).includes(value)],
};

/** What the name of a step looks like, as a regular expression: fit for options and variables. */
export const STEP_NAME = "^[a-z][a-z0-9-]*$";

/** Whether a step may have this name: lower case letters, digits and hyphens. */
export function isStepName(name: string): boolean {
  return new RegExp(STEP_NAME).test(name);
}

/** The types an option may have. */
export const OPTION_TYPES = ["string", "number", "boolean", "size", "strings"] as const;

function isOptions(value: unknown): boolean {
  return isRecord(value) &&
    Object.values(value).every((option) =>
      isRecord(option) && typeof option["help"] === "string" &&
      (OPTION_TYPES as readonly unknown[]).includes(option["type"])
    );
}

/** What a field that is not known is likely to be; a step may have fields of its own. */
function meantField(field: string): string | undefined {
  const known = ["name", "run", ...Object.keys(FIELDS)];
  if (known.includes(field) || field.length < 4) return undefined;
  const near = known.filter((each) => each.length > 3);
  return didYouMean(field, near);
}

/** @throws UsageError `bad-step` when it is not a step. */
export function checkShape(step: unknown): asserts step is Step {
  const fields = isRecord(step) ? step : {};
  const { name, run } = fields;
  const shown = typeof name === "string" ? JSON.stringify(name) : "without a name";
  if (typeof name !== "string" || !isStepName(name)) {
    throw new UsageError(
      `cannot use a step ${shown}: a name is lower case letters, digits and hyphens. Rename it.`,
      "bad-step",
    );
  }
  if (typeof run !== "function") {
    throw new UsageError(
      `cannot use step ${shown}: it has no run function. Add run(image, context) { … }.`,
      "bad-step",
    );
  }
  const unknown = Object.keys(fields).find((field) => meantField(field) !== undefined);
  if (unknown !== undefined) {
    throw new UsageError(
      `cannot use step ${shown}: it has no field ${unknown}. ${
        meantField(unknown)
      } Correct the step.`,
      "bad-step",
    );
  }
  for (const [field, [expected, holds]] of Object.entries(FIELDS)) {
    if (fields[field] === undefined || holds(fields[field])) continue;
    throw new UsageError(
      `cannot use step ${shown}: its ${field} must be ${expected}. Correct the step.`,
      "bad-step",
    );
  }
}
