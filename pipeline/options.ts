/**
 * The options of a step: a schema, and values checked against it before anything runs.
 * @module
 */

import { UsageError } from "./build_errors.ts";
import { secretVariable } from "./variable_names.ts";
import { exactSize, parseSize } from "./words/size.ts";
import { didYouMean } from "./words/suggest.ts";

/** A value of an option; a `size` is a number of bytes. */
export type OptionValue = string | number | boolean | readonly string[];

/** A step's options by name. */
export type OptionsSchema = Readonly<
  Record<
    string,
    {
      /** The type of its values. */
      readonly type: "string" | "number" | "boolean" | "size" | "strings";
      /** One line: what it is for. */
      readonly help: string;
      /** What a number counts, e.g. `seconds`. A `size` is in bytes. */
      readonly unit?: string;
      /** The value when none is given. */
      readonly default?: string | number | boolean | readonly string[];
      /** The only values allowed; of a list, the only ones in it. */
      readonly choices?: readonly string[];
      /** The smallest number or size allowed. */
      readonly least?: number;
      /** The largest number or size allowed. */
      readonly most?: number;
      /** Whether a number must be a whole one. */
      readonly whole?: boolean;
      /** Whether a value must be given. */
      readonly required?: boolean;
      /** Never on the command line, never shown: taken from the environment, a file or a prompt. */
      readonly secret?: boolean;
      /** Whether a prompt asks for a secret twice, because nobody would notice a typo in time. */
      readonly confirm?: boolean;
    }
  >
>;

/** One option of a step. */
export type OptionSchema = OptionsSchema[string];

/**
 * Values of options by name. Of a schema that is known, e.g. `OptionValues<typeof options>`, each
 * has its own type; only one that is neither required nor has a default may be `undefined`.
 */
export type OptionValues<Schema extends OptionsSchema = OptionsSchema> = {
  readonly [Name in keyof Schema]:
    | {
      readonly string: Schema[Name] extends { readonly choices: readonly (infer Choice)[] } ? Choice
        : string;
      readonly number: number;
      readonly boolean: boolean;
      readonly size: number;
      readonly strings: readonly string[];
    }[Schema[Name]["type"]]
    | (Schema[Name] extends { readonly required: true } | { readonly default: unknown } ? never
      : undefined);
};

/**
 * Checks values against a schema and fills in defaults. Text is turned into the schema's type.
 *
 * @param step The step's name, for messages.
 * @throws UsageError for an unknown name, a wrong type, a value that is not a choice or out of
 * range, a missing one.
 */
export function checkOptions(
  step: string,
  schema: OptionsSchema,
  given: OptionValues,
): OptionValues {
  checkGiven(step, schema, given);
  const values: Record<string, OptionValue | undefined> = {};
  for (const [name, option] of Object.entries(schema)) {
    const value = given[name] ?? option.default;
    if (value === undefined) {
      if (option.required !== true) continue;
      throw new UsageError(
        `cannot run step ${step}: it needs the option ${name} (${option.help}). ` +
          howToGive(step, name, option),
        "missing-option",
        option.secret === true ? {} : { fields: { option: `${step}.${name}` } },
      );
    }
    values[name] = checkValue(`${step}.${name}`, option, value);
  }
  return values;
}

/**
 * Checks values as far as that can be done before all are given.
 *
 * @throws UsageError as `checkOptions` does, but for a missing one.
 */
export function checkGiven(step: string, schema: OptionsSchema, given: OptionValues): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;

    if (!Object.hasOwn(schema, name)) {
      throw new UsageError(
        `cannot set ${step}.${name}: step ${step} has no such option. ` +
          (didYouMean(name, Object.keys(schema)) ??
            `Its options: ${Object.keys(schema).join(", ") || "none"}.`),
        "unknown-option",
      );
    }
    checkValue(`${step}.${name}`, schema[name]!, value);
  }
}

/** How the user gives an option, as the last sentence of a message. */
function howToGive(step: string, name: string, { secret }: OptionSchema): string {
  if (secret !== true) return `Set ${step}.${name}.`;
  const variable = secretVariable(step, name);
  return `It is a secret: put it into the environment variable ${variable}, name a file that ` +
    `holds it in ${variable}_FILE, or be asked for it on a terminal.`;
}

function checkValue(name: string, option: OptionSchema, value: OptionValue): OptionValue {
  const fail = (expected: string): never => {
    const shown = option.secret === true ? "that value" : JSON.stringify(value);
    throw new UsageError(`cannot set ${name} to ${shown}: expected ${expected}.`, "bad-option");
  };
  const typed = typedValue(name, option, value);
  const { choices } = option;
  if (typed === undefined && choices !== undefined) {
    return fail(`one of ${choices.join(", ")}, as ${TYPES[option.type]}`);
  }
  if (typed === undefined || !isInRange(typed, option)) return fail(expectedOf(option));
  if (choices === undefined) return typed;
  if ([typed].flat().every((each) => choices.includes(String(each)))) return typed;
  return fail(`${option.type === "strings" ? "some" : "one"} of ${choices.join(", ")}`);
}

/** The value in the option's type; `undefined` when it is not of that type. */
function typedValue(
  name: string,
  { type }: OptionSchema,
  value: OptionValue,
): OptionValue | undefined {
  switch (type) {
    case "string":
      return typeof value === "string" ? value : undefined;
    case "number": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && Number.isFinite(number) ? number : undefined;
    }
    case "boolean":
      if (value === true || value === "true" || value === "yes") return true;
      return value === false || value === "false" || value === "no" ? false : undefined;
    case "size":
      // A number goes the same way, so that 0 and -1 are refused.
      return parseSize(String(value), name);
    case "strings":
      if (typeof value === "string") return value.split(",");
      return Array.isArray(value) ? value.map(String) : undefined;
  }
}

function isInRange(value: OptionValue, { least, most, whole }: OptionSchema): boolean {
  if (typeof value !== "number") return true;
  return value >= (least ?? -Infinity) && value <= (most ?? Infinity) &&
    (whole !== true || Number.isSafeInteger(value));
}

const TYPES = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  size: "a size",
  strings: "a list",
} as const;

/** What may be given for an option, e.g. `a whole number of seconds from 1 to 3600`. */
function expectedOf(option: OptionSchema): string {
  const { type, unit, whole } = option;
  const kind = type === "number" && whole === true ? "a whole number" : TYPES[type];
  const counted = type === "number" && unit !== undefined ? ` of ${unit}` : "";
  const range = rangeOf(option);
  return `${kind}${counted}${range === undefined ? "" : ` ${range}`}`;
}

/** The range of an option, e.g. `from 1 to 3600`, `of at least 5M`; `undefined` without one. */
export function rangeOf({ type, least, most }: OptionSchema): string | undefined {
  const shown = type === "size" ? exactSize : String;
  if (least !== undefined && most !== undefined) return `from ${shown(least)} to ${shown(most)}`;
  if (least !== undefined) return `of at least ${shown(least)}`;
  return most === undefined ? undefined : `of at most ${shown(most)}`;
}
