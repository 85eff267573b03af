/**
 * What a script writes to stdout: events, one a line, and at the end perhaps what it has made.
 * @module
 */

import type { StepEvent } from "../pipeline/step.ts";
import type { Problem } from "../pipeline/problem.ts";
import { firstMisfit, type JsonSchema } from "./json_schema.ts";
import type { Json, JsonObject } from "./located_json.ts";
import { PluginError } from "./plugin_error.ts";

/** What a script has made. */
export interface ScriptResult {
  readonly artifacts?: readonly {
    readonly kind: string;
    readonly path: string;
    readonly finalPath?: string;
    readonly details?: Readonly<Record<string, string | number | boolean>>;
  }[];
  /** What later steps are to send away instead of the image, e.g. its encrypted form. */
  readonly payload?: { readonly path: string; readonly name: string };
}

const TEXT: JsonSchema = { type: "string" };
const NUMBER: JsonSchema = { type: "number" };
const object = (
  required: readonly string[],
  properties: Readonly<Record<string, JsonSchema>>,
): JsonSchema => ({ type: "object", required, properties, additionalProperties: false });

const PROBLEM_KINDS = ["unreadable", "vanished", "changed", "unsupported", "altered", "skipped"];

const EVENTS: ReadonlyMap<unknown, JsonSchema> = new Map(Object.entries({
  progress: object(["done", "unit"], {
    type: TEXT,
    done: NUMBER,
    total: NUMBER,
    unit: { type: "string", enum: ["bytes", "files"] },
  }),
  message: object(["level", "text"], {
    type: TEXT,
    level: { type: "string", enum: ["debug", "info", "warning"] },
    text: TEXT,
  }),
  command: object(["argv"], { type: TEXT, argv: { type: "array", items: TEXT } }),
  problem: object(["problem"], {
    type: TEXT,
    problem: object(["kind", "path", "reason"], {
      kind: { type: "string", enum: PROBLEM_KINDS },
      path: TEXT,
      reason: TEXT,
    }),
  }),
}));

const VALUE: JsonSchema = { anyOf: [TEXT, NUMBER, { type: "boolean" }] };

const RESULT = object([], {
  artifacts: {
    type: "array",
    items: object(["kind", "path"], {
      kind: TEXT,
      path: TEXT,
      finalPath: TEXT,
      details: { type: "object", additionalProperties: VALUE },
    }),
  },
  payload: object(["path", "name"], { path: TEXT, name: TEXT }),
});

/** Takes the lines of one script. */
export class ScriptOutput {
  /** What it has made, by its own account. */
  result: ScriptResult = {};
  /** Problems it has reported. */
  readonly problems: Problem[] = [];
  #isDone = false;

  /** @param emit Receives each event. */
  constructor(private readonly emit: (event: StepEvent) => void) {}

  /** Takes a line. @throws PluginError `bad-output` */
  readonly take = (line: string): void => {
    if (line.trim() !== "") this.takeValue(parsed(line), line);
  };

  /** Takes a parsed line. @param line As it was written, for messages. */
  takeValue(value: Json, line: string): void {
    const { type } = (value ?? {}) as JsonObject;
    const schema = type === undefined ? RESULT : EVENTS.get(type);
    if (schema === undefined) {
      throw badOutput(line, `there is no event ${JSON.stringify(type)} for steps`);
    }
    const misfit = firstMisfit(value, schema);
    if (misfit !== undefined) {
      throw badOutput(line, `${misfit.path === "" ? "" : `${misfit.path}: `}${misfit.why}`);
    }
    if (type === undefined) return this.#finish(value as unknown as ScriptResult, line);
    const event = value as unknown as StepEvent;
    if (event.type === "problem") this.problems.push(event.problem);
    this.emit(event);
  }

  #finish(result: ScriptResult, line: string): void {
    if (this.#isDone) throw badOutput(line, "it has said already what it made");
    this.#isDone = true;
    this.result = result;
  }
}

function parsed(line: string): Json {
  try {
    return JSON.parse(line) as Json;
  } catch {
    throw badOutput(line, "it is not JSON");
  }
}

function badOutput(line: string, why: string): PluginError {
  const shown = JSON.stringify(line.length <= 80 ? line : `${line.slice(0, 79)}…`);
  return new PluginError(
    `it wrote ${shown} to stdout, which is not an event: ${why}. ` +
      "Write events there, one JSON object a line, and words for people to stderr.",
    "bad-output",
  );
}
