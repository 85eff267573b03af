/**
 * Runs one zx script in this process, which is there for nothing else.
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { placeOfMistake } from "../../host/error_place.ts";
import { importModule, loadFailure, provideModule } from "../../host/import_module.ts";
import { CHANNEL_VARIABLE, CONTEXT_VARIABLE, SCRIPT_VARIABLE } from "./zx_variables.ts";

/** Runs the script that the environment names. @returns The exit code. */
export async function runZxScript(): Promise<number> {
  const script = taken(SCRIPT_VARIABLE);
  const channel = taken(CHANNEL_VARIABLE);
  const context = JSON.parse(taken(CONTEXT_VARIABLE)) as Readonly<Record<string, unknown>>;
  const send = (value: unknown) => writeSync(1, `\x1e${channel} ${JSON.stringify(value)}\n`);
  const zx = await import("zx");
  // What zx/globals does; importing that here would declare its names for all of icecore, too.
  Object.assign(globalThis, zx);
  provideModule("zx", zx);
  provideModule("zx/globals", zx);
  const { image, payload, beside, options, sources, output, workdir } = context;
  Object.assign(globalThis, { image, payload, beside, options, sources, output, workdir });
  Object.assign(globalThis, { emit: send });
  try {
    const { default: result } = await importModule(script);
    if (typeof result === "object" && result !== null) send(result);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    process.stderr.write(`${explained(error, script)}\n`);
    return 1;
  }
}

function taken(variable: string): string {
  const value = process.env[variable] ?? "";
  delete process.env[variable];
  return value;
}

/** A program that failed says so itself; of all else the place is worth knowing. */
function explained(error: unknown, script: string): string {
  const { exitCode, signal, stderr } = error as Readonly<Record<string, unknown>>;
  if (exitCode === undefined) {
    const place = placeOfMistake(error, script);
    return `${loadFailure(error)}${place === undefined ? "" : `, at ${place}`}`;
  }
  const how = typeof signal === "string" ? `was ended by ${signal}` : `ended with ${exitCode}`;
  const said = String(stderr ?? "").trim();
  return `a program ${how}${said === "" ? "" : `: ${said}`}`;
}

if (import.meta.main) process.exit(await runZxScript());
