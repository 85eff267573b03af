/**
 * The part of JSON Schema that icecore uses, and a check against it. What is published for editors
 * is what is checked.
 * @module
 */

import { didYouMean } from "../pipeline/words/suggest.ts";
import { type Json, memberPath } from "./located_json.ts";

/** A schema. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: "string" | "number" | "integer" | "boolean" | "object" | "array";
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** The value when none is given. */
  readonly default?: Json;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** Whether a value must be given. */
  readonly required?: readonly string[];
  /** `false` forbids names that are not in `properties`. */
  readonly additionalProperties?: boolean | JsonSchema;
  /** The first whose type fits counts. */
  readonly anyOf?: readonly JsonSchema[];
  /** For editors: values to offer, where others are allowed as well. */
  readonly examples?: readonly string[];
  readonly not?: { readonly required: readonly string[] };
}

/** Something that does not fit. */
export interface Misfit {
  /** Where, e.g. `use[0].after`; empty for the whole. */
  readonly path: string;
  /** "expected …" or "… is unknown", without a full stop. */
  readonly why: string;
}

/** The first thing that does not fit, or `undefined`. */
export function firstMisfit(value: Json, schema: JsonSchema, path = ""): Misfit | undefined {
  if (schema.anyOf !== undefined) return misfitOfAny(value, schema, path);
  if (!hasType(value, schema)) {
    return { path, why: `expected ${nameOf(schema)}, not ${shown(value)}` };
  }
  if (schema.enum !== undefined && !schema.enum.includes(String(value))) {
    const near = didYouMean(String(value), schema.enum);
    return {
      path,
      why: near === undefined
        ? `expected one of ${schema.enum.join(", ")}, not ${shown(value)}`
        : `${shown(value)} is unknown. ${near.replace(/\?$/, "")}`,
    };
  }
  const outside = misfitOfRange(value, schema, path);
  if (outside !== undefined) return outside;
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value))) {
    return { path, why: `${shown(value)} does not look right (${schema.description ?? ""})` };
  }
  if (Array.isArray(value)) return misfitOfItems(value, schema, path);
  return typeof value === "object" && value !== null
    ? misfitOfMembers(value as Readonly<Record<string, Json>>, schema, path)
    : undefined;
}

function misfitOfAny(value: Json, { anyOf = [] }: JsonSchema, path: string): Misfit | undefined {
  const chosen = anyOf.find((each) => hasType(value, each));
  if (chosen !== undefined) return firstMisfit(value, chosen, path);
  return { path, why: `expected ${anyOf.map(nameOf).join(" or ")}, not ${shown(value)}` };
}

function misfitOfRange(
  value: Json,
  { minimum = -Infinity, maximum = Infinity }: JsonSchema,
  path: string,
): Misfit | undefined {
  if (typeof value !== "number") return undefined;
  if (value < minimum) return { path, why: `expected at least ${minimum}, not ${value}` };
  return value > maximum ? { path, why: `expected at most ${maximum}, not ${value}` } : undefined;
}

function misfitOfItems(
  values: readonly Json[],
  { items }: JsonSchema,
  path: string,
): Misfit | undefined {
  if (items === undefined) return undefined;
  for (const [index, each] of values.entries()) {
    const misfit = firstMisfit(each, items, memberPath(path, index));
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

function misfitOfMembers(
  value: Readonly<Record<string, Json>>,
  { properties = {}, required = [], additionalProperties = true, not }: JsonSchema,
  path: string,
): Misfit | undefined {
  for (const [name, each] of Object.entries(value)) {
    const schema = Object.hasOwn(properties, name) ? properties[name]! : additionalProperties;
    if (schema === true) continue;
    if (schema === false) return unknownName(name, Object.keys(properties), path);
    const misfit = firstMisfit(each, schema, memberPath(path, name));
    if (misfit !== undefined) return misfit;
  }
  const missing = required.find((name) => value[name] === undefined);
  if (missing !== undefined) return { path, why: `it needs ${JSON.stringify(missing)}` };
  if (not !== undefined && not.required.every((name) => value[name] !== undefined)) {
    return { path, why: `it has both ${not.required.join(" and ")}; one is enough` };
  }
  return undefined;
}

function unknownName(name: string, known: readonly string[], path: string): Misfit {
  const near = didYouMean(name, known)?.replace(/\?$/, "");
  const what = near ?? `Known here: ${known.join(", ") || "nothing"}`;
  return { path: memberPath(path, name), why: `${JSON.stringify(name)} is unknown. ${what}` };
}

function typeOf(value: Json): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

function hasType(value: Json, { type }: JsonSchema): boolean {
  if (type === "integer") return Number.isInteger(value);
  return type === undefined || type === typeOf(value);
}

const NAMES = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
} as const;

function nameOf({ type = "string" }: JsonSchema): string {
  return NAMES[type];
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
