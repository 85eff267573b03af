/**
 * Runs one zx script in this process, which is there for nothing else.
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { placeOfMistake } from "../host/error_place.ts";
import { importModule, loadFailure, provideModule } from "../host/import_module.ts";
import { CHANNEL_VARIABLE, CONTEXT_VARIABLE, SCRIPT_VARIABLE } from "./zx_variables.ts";

/**
 * Runs the script that the environment names, and what it has begun and not awaited. Only then the
 * line that says so is written: whatever else ends the process, with whatever exit code, is a
 * failure.
 *
 * @param isFailure Whether an error that reaches nobody counts; each does when absent.
 */
export function runZxScript(isFailure: (error: unknown) => boolean = () => true): void {
  const script = taken(SCRIPT_VARIABLE);
  const channel = taken(CHANNEL_VARIABLE);
  const context = JSON.parse(taken(CONTEXT_VARIABLE)) as Readonly<Record<string, unknown>>;
  const send = (text: string) => writeSync(1, `\x1e${channel} ${text}\n`);
  let isEvaluated = false;
  const fail = (error: unknown) => {
    if (!isFailure(error)) return;
    writeSync(2, `${explained(error, script)}\n`);
    process.exit(1);
  };
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  process.on("beforeExit", () => {
    if (!isEvaluated) fail(new Error("it waits for what never comes"));
    send("");
  });
  evaluated(script, context, send).then(() => isEvaluated = true).catch(fail);
}

async function evaluated(
  script: string,
  context: Readonly<Record<string, unknown>>,
  send: (text: string) => void,
): Promise<void> {
  const zx = await import("zx");
  // What zx/globals does; importing that here would also declare its names for all of icecore.
  Object.assign(globalThis, zx);
  provideModule("zx", zx);
  provideModule("zx/globals", zx);
  const { image, payload, beside, options, sources, output, workdir } = context;
  Object.assign(globalThis, { image, payload, beside, options, sources, output, workdir });
  Object.assign(globalThis, { emit: (event: unknown) => send(JSON.stringify(event) ?? "null") });
  const { default: result } = await importModule(script);
  if (typeof result === "object" && result !== null) send(JSON.stringify(result));
}

function taken(variable: string): string {
  const value = process.env[variable] ?? "";
  delete process.env[variable];
  return value;
}

/** A program that failed says so itself; of all else the place is worth knowing. */
function explained(error: unknown, script: string): string {
  const { exitCode, signal, stderr } = (error ?? {}) as Readonly<Record<string, unknown>>;
  if (exitCode === undefined) {
    const place = placeOfMistake(error, script);
    return `${loadFailure(error)}${place === undefined ? "" : `, at ${place}`}`;
  }
  const how = typeof signal === "string" ? `was ended by ${signal}` : `ended with ${exitCode}`;
  const said = String(stderr ?? "").trim();
  return `a program ${how}${said === "" ? "" : `: ${said}`}`;
}

if (import.meta.main) runZxScript();
