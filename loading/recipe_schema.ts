/**
 * The JSON Schema of recipe files: what editors complete by, and what is checked.
 * @module
 */

import type { OptionSchema } from "../pipeline/options.ts";
import type { Step } from "../pipeline/step.ts";
import { STEP_NAME } from "../pipeline/step_shape.ts";
import { recipes } from "../steps/recipes.ts";
import type { JsonSchema } from "./json_schema.ts";
import type { JsonObject } from "./located_json.ts";

const TEXT: JsonSchema = { type: "string" };

/** The schema. @param builtins Steps that `use` knows by name, whose options are also described. */
export function recipeSchema(builtins: readonly Step[] = []): JsonObject {
  return recipeRules(builtins) as unknown as JsonObject;
}

/** The schema, to check against. */
export function recipeRules(builtins: readonly Step[]): JsonSchema {
  const own = [...new Map(ownSteps().map((step) => [step.name, step])).values()];
  const names = [...own, ...builtins].map(({ name }) => name);
  const stepName: JsonSchema = {
    ...TEXT,
    description: "A step by its name, or the path of a module, a script or a program; a relative " +
      "path starts from this file's folder.",
    examples: names,
  };
  const rename: JsonSchema = {
    ...TEXT,
    pattern: STEP_NAME,
    description: "Another name for the step: lower case letters, digits and hyphens.",
  };
  const someOptions: JsonSchema = {
    type: "object",
    description: "The step's options. Secrets do not belong here.",
    additionalProperties: VALUE,
  };
  const listed = { step: stepName, name: rename, options: someOptions };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A recipe of icecore",
    description: "The steps that make an image, their options and their order.",
    type: "object",
    additionalProperties: false,
    not: { required: ["extends", "steps"] },
    properties: {
      $schema: { ...TEXT, description: "The path or address of this schema." },
      name: { ...TEXT, description: "What the recipe is called in messages." },
      summary: { ...TEXT, description: "One line: what the recipe is for." },
      extends: {
        type: "string",
        enum: Object.keys(recipes),
        description: "The recipe to start from; native when neither this nor steps is there.",
        default: "native",
      },
      steps: {
        type: "array",
        description: "All steps in their order, instead of extends.",
        items: {
          anyOf: [stepName, {
            type: "object",
            required: ["step"],
            additionalProperties: false,
            properties: listed,
          }],
        },
      },
      without: {
        type: "array",
        description: "Steps to leave out, by name.",
        items: { ...TEXT, examples: names },
      },
      options: {
        type: "object",
        description: "Options of the recipe's steps, by step. Secrets do not belong here.",
        properties: Object.fromEntries(
          [...own, ...builtins].map((step) => [step.name, optionsRules(step)]),
        ),
        additionalProperties: someOptions,
      },
      use: {
        type: "array",
        description: "Steps to put in, in this order.",
        items: {
          type: "object",
          required: ["step"],
          additionalProperties: false,
          not: { required: ["before", "after"] },
          properties: {
            ...listed,
            before: { ...TEXT, description: "Put it before the step of this name." },
            after: { ...TEXT, description: "Put it after the step of this name." },
          },
        },
      },
    },
  };
}

const VALUE: JsonSchema = {
  anyOf: [TEXT, { type: "number" }, { type: "boolean" }, { type: "array", items: TEXT }],
};

/** The steps of the built-in recipes. */
export function ownSteps(): Step[] {
  return Object.values(recipes).flatMap(({ steps }) => steps);
}

/** The schema of a step's options, secrets left out. */
export function optionsSchema(step: Step): JsonObject {
  return optionsRules(step) as unknown as JsonObject;
}

function optionsRules({ summary, options = {} }: Step): JsonSchema {
  return {
    type: "object",
    description: summary ?? "",
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(options)
        .filter(([, { secret }]) => secret !== true)
        .map(([name, option]) => [name, schemaOf(option)]),
    ),
  };
}

function schemaOf(option: OptionSchema): JsonSchema {
  const { type, help, unit, choices, least, most, whole, default: value } = option;
  const description = `${help}${unit === undefined ? "" : ` (in ${unit})`}`;
  const more = { description, ...(value === undefined ? {} : { default: value }) };
  const chosen = choices === undefined ? {} : { enum: choices };
  const range = {
    ...(least === undefined ? {} : { minimum: least }),
    ...(most === undefined ? {} : { maximum: most }),
  };
  switch (type) {
    case "strings":
      return { type: "array", items: { ...TEXT, ...chosen }, ...more };
    case "size": {
      const isSize = `${description}, such as 52G, or in bytes`;
      return { anyOf: [{ ...TEXT, description: isSize }, { type: "number", ...range }], ...more };
    }
    case "number":
      return { type: whole === true ? "integer" : "number", ...more, ...range, ...chosen };
    default:
      return { type, ...more, ...chosen };
  }
}
