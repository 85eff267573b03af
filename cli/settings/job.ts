/**
 * A job as a settings file has it, and the schema that it is checked by.
 * @module
 */

import type { JsonSchema } from "../../loading/json_schema.ts";
import type { RecipeDocument } from "../../loading/recipe_document.ts";
import { recipeRules } from "../../loading/recipe_schema.ts";
import { KEEP_RULES, type KeepRules } from "../rotation/keep_rules.ts";

/** What is built, and what is kept. `use`, `options` and `without` are those of a recipe file. */
export interface Job extends Pick<RecipeDocument, "use" | "options" | "without"> {
  readonly sources?: readonly string[];
  readonly to?: string;
  readonly "full-every"?: number;
  /** Whose images they are; default: the name of the machine. */
  readonly host?: string;
  readonly keep?: KeepRules;
  readonly exclude?: readonly string[];
  readonly "exclude-from"?: readonly string[];
  readonly "one-file-system"?: boolean;
  readonly "unchanged-by"?: "times" | "content";
  readonly times?: "mtime" | "all";
  readonly dedupe?: boolean;
  readonly label?: string;
  readonly hash?: string;
  readonly strict?: boolean;
  readonly recipe?: string;
  readonly snapshot?: "auto" | "btrfs" | "zfs" | "lvm";
  readonly limit?: string;
  readonly notify?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly secrets?: Readonly<Record<string, SecretReference>>;
  /** When it runs, as systemd's `OnCalendar` has it. */
  readonly schedule?: string;
}

/** Where a secret is; never the secret itself. */
export type SecretReference = { readonly file: string } | { readonly env: string };

const TEXT: JsonSchema = { type: "string" };
const TEXTS: JsonSchema = { type: "array", items: TEXT };
const FLAG: JsonSchema = { type: "boolean" };
const COUNT: JsonSchema = { type: "integer", minimum: 1, maximum: 1_000_000 };

/** The schema of a job, and of `defaults`. */
export function jobRules(): JsonSchema {
  const recipe = recipeRules([]).properties!;
  return {
    additionalProperties: false,
    type: "object",
    properties: {
      sources: TEXTS,
      to: TEXT,
      "full-every": { type: "integer", minimum: 1, maximum: 500 },
      host: TEXT,
      keep: {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(KEEP_RULES.map((rule) => [rule, COUNT])),
      },
      exclude: TEXTS,
      "exclude-from": TEXTS,
      "one-file-system": FLAG,
      "unchanged-by": { type: "string", enum: ["times", "content"] },
      times: { type: "string", enum: ["mtime", "all"] },
      dedupe: FLAG,
      label: TEXT,
      hash: TEXT,
      strict: FLAG,
      recipe: TEXT,
      snapshot: { type: "string", enum: ["auto", "btrfs", "zfs", "lvm"] },
      limit: TEXT,
      use: recipe["use"]!,
      options: recipe["options"]!,
      without: recipe["without"]!,
      notify: {
        type: "object",
        additionalProperties: {
          anyOf: [TEXT, { type: "number" }, { type: "boolean" }, TEXTS],
        },
      },
      secrets: {
        type: "object",
        additionalProperties: {
          type: "object",
          additionalProperties: false,
          properties: { file: TEXT, env: TEXT },
          not: { required: ["file", "env"] },
        },
      },
      schedule: TEXT,
    },
  };
}

/** The schema of a settings file. */
export function settingsRules(): JsonSchema {
  const job = jobRules();
  return {
    additionalProperties: false,
    type: "object",
    properties: { defaults: job, job: { type: "object", additionalProperties: job } },
  };
}
