/**
 * Runs a command of icecore in a process of its own: a busy build cannot keep the worker from
 * saying that it is alive.
 * @module
 */

import { runOwnChild } from "../../host/programs/own_child.ts";

/** How it ended. */
export interface ChildEnd {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  /** The code of its error; missing where it printed none. */
  readonly errorCode: string | undefined;
  /** What it said last. */
  readonly message: string;
}

/** Something it printed. */
export interface ChildLine {
  readonly type?: unknown;
  readonly [field: string]: unknown;
}

/** Runs it to its end. @param onLine Receives what it prints. */
export async function runChild(
  args: readonly string[],
  signal: AbortSignal,
  onLine: (line: ChildLine) => void = () => {},
): Promise<ChildEnd> {
  let error: ChildLine = {};
  const { code, signal: killed, stderr } = await runOwnChild(
    [...args, "--json"],
    signal,
    (text) => {
      const line = parsed(text);
      if (line.type === "error") error = line;
      onLine(line);
    },
  );
  const said = typeof error["message"] === "string" ? error["message"] : lastLine(stderr);
  return {
    exitCode: code ?? -1,
    errorCode: typeof error["code"] === "string" ? error["code"] : undefined,
    message: said === "" && killed !== undefined ? `it was ended by ${killed}` : said,
  };
}

function parsed(text: string): ChildLine {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as ChildLine : {};
  } catch {
    // A module of the user's may print what it likes.
    return {};
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.replace(/^icecore: /, "") ?? "";
}
