/**
 * What a script says about itself: comment lines `# icecore: {…}` near its top, or, for a program
 * that has no comments, the file `PROGRAM.icecore.json` beside it. Nothing is run to find it out.
 * @module
 */

import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { basename } from "node:path";
import { PHASES } from "../pipeline/image.ts";
import type { Phase } from "../pipeline/image.ts";
import type { OptionsSchema } from "../pipeline/options.ts";
import { OPTION_TYPES, STEP_NAME } from "../pipeline/step_shape.ts";
import { firstMisfit, type JsonSchema } from "./json_schema.ts";
import { type Json, JsonError, type JsonObject, parseLocatedJson } from "./located_json.ts";
import { PluginError } from "./plugin_error.ts";
import { TIMEOUT_RANGE } from "./time_limit.ts";

/** All that a script may say; the same words as in a step. */
export interface ScriptHeader {
  readonly name?: string;
  readonly summary?: string;
  readonly before?: string;
  readonly after?: string;
  readonly accepts?: readonly Phase[];
  readonly leaves?: Phase;
  readonly tools?: readonly string[];
  readonly privileged?: boolean;
  readonly changes?: boolean;
  readonly digests?: boolean;
  /** Seconds it may take where the user says nothing. */
  readonly timeout?: number;
  readonly options?: OptionsSchema;
}

const TEXT: JsonSchema = { type: "string" };
const NUMBER: JsonSchema = { type: "number" };
const TRUTH: JsonSchema = { type: "boolean" };
const TEXTS: JsonSchema = { type: "array", items: TEXT };

const OPTION: JsonSchema = {
  type: "object",
  required: ["type", "help"],
  additionalProperties: false,
  properties: {
    type: { type: "string", enum: OPTION_TYPES },
    help: TEXT,
    unit: TEXT,
    default: { anyOf: [TEXT, NUMBER, TRUTH, TEXTS] },
    choices: TEXTS,
    least: NUMBER,
    most: NUMBER,
    whole: TRUTH,
    required: TRUTH,
    secret: TRUTH,
    confirm: TRUTH,
  },
};

const HEADER: JsonSchema = {
  type: "object",
  additionalProperties: false,
  not: { required: ["before", "after"] },
  properties: {
    name: { type: "string", pattern: STEP_NAME, description: "a-z, 0-9 and hyphens" },
    summary: TEXT,
    before: TEXT,
    after: TEXT,
    accepts: { type: "array", items: { type: "string", enum: PHASES } },
    leaves: { type: "string", enum: PHASES },
    tools: TEXTS,
    privileged: TRUTH,
    changes: TRUTH,
    digests: TRUTH,
    timeout: {
      type: "number",
      minimum: TIMEOUT_RANGE.least,
      maximum: TIMEOUT_RANGE.most,
    },
    options: { type: "object", additionalProperties: OPTION },
  },
};

/** Headers are looked for in this many bytes. */
const TOP_BYTES = 8192;

/** Reads what a script says about itself. @throws PluginError `bad-header` */
export function readHeader(path: string, shown: string): ScriptHeader {
  const beside = `${path}.icecore.json`;
  if (existsSync(beside)) {
    return parsed(readFileSync(beside, "utf8"), `${shown}.icecore.json`, 0) as ScriptHeader;
  }
  let header: JsonObject = {};
  for (const [index, line] of topOf(path).split("\n").entries()) {
    const text = /^\s*(?:#|\/\/|--|;|%)+\s*icecore:\s*(.*?)\s*$/.exec(line)?.[1];
    if (text !== undefined) header = merged(header, parsed(text, shown, index), shown, index + 1);
  }
  return header as ScriptHeader;
}

/** A step's name out of a file's: `upload` of `/opt/01_Upload.sh`. */
export function nameOfFile(path: string): string {
  const name = basename(path).replace(/(\.zx)?\.[^.]+$/, "").toLowerCase()
    .replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "");
  return name === "" ? "script" : name;
}

function topOf(path: string): string {
  const fd = openSync(path, "r");
  try {
    const bytes = new Uint8Array(TOP_BYTES);
    return new TextDecoder().decode(bytes.subarray(0, readSync(fd, bytes, 0, TOP_BYTES, 0)));
  } finally {
    closeSync(fd);
  }
}

function parsed(text: string, shown: string, linesBefore: number): JsonObject {
  try {
    const { value, lines } = parseLocatedJson(text);
    const misfit = firstMisfit(value, HEADER);
    if (misfit === undefined) return value as JsonObject;
    const line = linesBefore + (lines.get(misfit.path) ?? 1);
    throw badHeader(shown, line, `${misfit.path === "" ? "" : `${misfit.path}: `}${misfit.why}`);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw badHeader(shown, linesBefore + error.line, error.why);
  }
}

/** Several lines are one header; only options may be spread over them. */
function merged(header: JsonObject, more: JsonObject, shown: string, line: number): JsonObject {
  const options = { ...header["options"] as JsonObject, ...more["options"] as JsonObject };
  const twice = Object.keys(more).find((name) => name !== "options" && name in header);
  if (twice !== undefined) throw badHeader(shown, line, `${twice} is said twice`);
  const all: Record<string, Json> = { ...header, ...more };
  return Object.keys(options).length === 0 ? all : { ...all, options };
}

function badHeader(shown: string, line: number, why: string): PluginError {
  return new PluginError(
    `cannot use ${shown}: what it says about itself in line ${line} is wrong: ${why}. ` +
      "See docs/writing-a-step.md for what may stand there.",
    "bad-header",
  );
}
