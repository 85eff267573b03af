/**
 * Secret options, and how they are kept out of everything that is shown.
 * @module
 */

import type { PlacedStep } from "./placed_step.ts";

/** What is shown in the place of a secret. */
const HIDDEN = "***";

/** A line of a secret that is shorter than this is not a secret by itself. */
const SHORTEST_LINE = 6;

/** Words by which programs know events; a secret that is such a word does not change them. */
const WORDS: ReadonlySet<string> = new Set(["type", "step", "level", "unit", "code", "kind"]);

/** The secrets of a pipeline. */
export class Secrets {
  readonly #values: readonly string[];

  private constructor(values: Iterable<string>) {
    // The longest first: one may be a part of another.
    this.#values = [...new Set(values)].sort((a, b) => b.length - a.length);
  }

  /** The values given for secret options; `undefined` when there are none. */
  static of(placed: readonly PlacedStep[]): Secrets | undefined {
    const values = placed.flatMap(({ step, given }) =>
      Object.entries(step.options ?? {})
        .filter(([, { secret }]) => secret === true)
        .flatMap(([name]) => given[name] === undefined ? [] : [given[name]].flat().map(String))
    ).filter((value) => value !== "");
    return values.length === 0 ? undefined : new Secrets(values.flatMap(formsOf));
  }

  /** The text without secrets. */
  hide(text: string): string {
    return this.#values.reduce((shown, value) => shown.replaceAll(value, HIDDEN), text);
  }

  /** A copy of plain data without secrets; the same value where it has none. */
  hideIn<T>(value: T): T {
    return this.#copy(value) as T;
  }

  /** Takes secrets out of an error, its causes and their fields. @returns The same error. */
  hideInError(error: unknown, seen = new Set<unknown>()): unknown {
    if (typeof error === "string") return this.hide(error);
    if (!(error instanceof Error) || seen.has(error)) return error;
    seen.add(error);
    const fields = error as unknown as Record<string, unknown>;
    for (const name of new Set(["message", "stack", ...Object.keys(error)])) {
      if (WORDS.has(name) || name === "cause") continue;
      const shown = this.#copy(fields[name]);
      if (shown !== fields[name]) Object.defineProperty(error, name, { value: shown });
    }
    if (typeof error.cause === "string") error.cause = this.hide(error.cause);
    this.hideInError(error.cause, seen);
    if (error instanceof AggregateError) {
      for (const each of error.errors) this.hideInError(each, seen);
    }
    return error;
  }

  #copy(value: unknown): unknown {
    if (typeof value === "string") return this.hide(value);
    if (Array.isArray(value)) {
      const copy = value.map((each) => this.#copy(each));
      return copy.every((each, i) => each === value[i]) ? value : copy;
    }
    if (typeof value !== "object" || value === null) return value;
    if (Object.getPrototypeOf(value) !== Object.prototype) return value;
    const entries = Object.entries(value).map(([name, each]) =>
      [name, WORDS.has(name) ? each : this.#copy(each)] as const
    );
    const same = entries.every(([name, each]) => each === (value as Record<string, unknown>)[name]);
    return same ? value : Object.fromEntries(entries);
  }
}

/** A secret as it may turn up: whole, without its last newline, line by line, encoded. */
function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE);
  const whole = [secret, secret.trim()].filter((form) => form !== "");
  const encoded = whole.flatMap((form) => [
    encodeURIComponent(form),
    JSON.stringify(form).slice(1, -1),
    new TextEncoder().encode(form).toBase64(),
  ]);
  return [...whole, ...lines, ...encoded];
}
