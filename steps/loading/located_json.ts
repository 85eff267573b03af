/**
 * JSON that remembers where in its file each value stands, so that a mistake can be shown there.
 * @module
 */

/** Any value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object of JSON. */
export type JsonObject = { readonly [name: string]: Json };

/** A parsed text. `lines` has the line, from 1, of each value by its path, e.g. `use[0].step`. */
export interface LocatedJson {
  readonly value: Json;
  readonly lines: ReadonlyMap<string, number>;
}

/** Text that is no JSON. */
export class JsonError extends Error {
  /** @param line Where, from 1. @param column Where in the line, from 1. */
  constructor(readonly why: string, readonly line: number, readonly column: number) {
    super(`line ${line}, column ${column}: ${why}`);
    this.name = "JsonError";
  }
}

/** The path of a member: `options.pack`, `use[0]`. */
export function memberPath(path: string, member: string | number): string {
  if (typeof member === "number") return `${path}[${member}]`;
  const plain = /^[A-Za-z_$][\w$-]*$/.test(member) ? member : JSON.stringify(member);
  return path === "" ? plain : `${path}.${plain}`;
}

/** Parses JSON. @throws JsonError, also for a name that an object has twice. */
export function parseLocatedJson(text: string): LocatedJson {
  const lines = new Map<string, number>();
  // A mark that some editors put in front.
  let index = text.startsWith("\ufeff") ? 1 : 0;

  const fail = (why: string, at = index): never => {
    const before = text.slice(0, at).split("\n");
    throw new JsonError(why, before.length, before.at(-1)!.length + 1);
  };
  const skipBlanks = (): void => {
    while (" \t\r\n".includes(text[index] ?? "x")) index++;
  };
  const take = (token: string, expected: string): void => {
    if (!text.startsWith(token, index)) {
      return fail(index < text.length ? `expected ${expected}` : `it ends, expected ${expected}`);
    }
    index += token.length;
  };
  const match = (pattern: RegExp, expected: string): string => {
    pattern.lastIndex = index;
    const found = pattern.exec(text)?.[0] ?? fail(`expected ${expected}`);
    index += found.length;
    return found;
  };
  const string = (): string => {
    const start = index;
    const found = match(STRING, 'a string in "double quotes"');
    try {
      return JSON.parse(found) as string;
    } catch {
      return fail("the string has an escape or a control character that JSON does not know", start);
    }
  };
  const items = (close: string, each: () => void): void => {
    index++;
    skipBlanks();
    if (text[index] === close) return void index++;
    while (true) {
      skipBlanks();
      each();
      skipBlanks();
      if (text[index] === close) return void index++;
      take(",", `a comma or ${close}`);
    }
  };
  const object = (path: string): JsonObject => {
    const members: [string, Json][] = [];
    items("}", () => {
      const at = index;
      const name = string();
      if (members.some(([other]) => other === name)) fail(`${JSON.stringify(name)} is twice`, at);
      skipBlanks();
      take(":", "a colon");
      members.push([name, value(memberPath(path, name))]);
    });
    return Object.fromEntries(members);
  };
  const list = (path: string): Json[] => {
    const values: Json[] = [];
    items("]", () => values.push(value(memberPath(path, values.length))));
    return values;
  };
  const value = (path: string): Json => {
    skipBlanks();
    lines.set(path, text.slice(0, index).split("\n").length);
    const first = text[index] ?? "";
    if (first === "{") return object(path);
    if (first === "[") return list(path);
    if (first === '"') return string();
    return JSON.parse(match(SCALAR, "a value of JSON")) as Json;
  };

  const parsed = value("");
  skipBlanks();
  if (index < text.length) fail("something follows the end");
  return { value: parsed, lines };
}

const STRING = /"(?:[^"\\\n]|\\.)*"/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
