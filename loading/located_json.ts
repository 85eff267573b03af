/**
 * JSON that remembers where in its file each value stands, so that a mistake can be shown there.
 * @module
 */

import {
  type Node,
  type ParseError,
  type ParseOptions,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";

/** Any value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object of JSON. */
export type JsonObject = { readonly [name: string]: Json };

/** A parsed text. `lines` has the line, from 1, of each value by its path, e.g. `use[0].step`. */
export interface LocatedJson {
  readonly value: Json;
  readonly lines: ReadonlyMap<string, number>;
}

/** Text that is not JSON. */
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
  const places = new Places(text);
  const errors: ParseError[] = [];
  // Editors may put a mark in front; JSON has none.
  const root = parseTree(text.replace(/^\ufeff/, " "), errors, STRICT);
  const [first] = errors;
  if (first !== undefined) {
    const why = MEANINGS[printParseErrorCode(first.error)] ?? UNEXPECTED;
    throw places.error(why, first.offset);
  }
  if (root === undefined) throw places.error(VALUE, text.length);
  const lines = new Map<string, number>();
  return { value: located(root, "", places, lines), lines };
}

const STRICT: ParseOptions = {
  disallowComments: true,
  allowTrailingComma: false,
  allowEmptyContent: false,
};

const VALUE = "expected a value of JSON";
const UNEXPECTED = "this is not JSON";
/** What the library finds, by its own names. */
const MEANINGS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'expected a value of JSON, or a string in "double quotes"',
  InvalidNumberFormat: "the number is not written as JSON has it",
  UnexpectedEndOfNumber: "the number is not written as JSON has it",
  PropertyNameExpected: 'expected a string in "double quotes"',
  ValueExpected: VALUE,
  ColonExpected: "expected a colon",
  CommaExpected: "expected a comma",
  CloseBraceExpected: "expected }, or a comma and more",
  CloseBracketExpected: "expected ], or a comma and more",
  EndOfFileExpected: "something follows the end",
  InvalidCommentToken: "JSON has no comments",
  UnexpectedEndOfComment: "JSON has no comments",
  UnexpectedEndOfString: "the string does not end on its line",
  InvalidUnicode: "the string has an escape that JSON does not know",
  InvalidEscapeCharacter: "the string has an escape that JSON does not know",
  InvalidCharacter: "the string has a control character; write it as \\u…",
};

/** The value of a node, with the lines of it and of all in it. */
function located(node: Node, path: string, places: Places, lines: Map<string, number>): Json {
  lines.set(path, places.of(node.offset).line);
  const children = node.children ?? [];
  if (node.type === "array") {
    return children.map((each, i) => located(each, memberPath(path, i), places, lines));
  }
  if (node.type !== "object") return node.value as Json;
  const members = new Map<string, Json>();
  for (const { children: [name, value] = [] } of children) {
    const key = name!.value as string;
    if (members.has(key)) throw places.error(`${JSON.stringify(key)} is twice`, name!.offset);
    members.set(key, located(value!, memberPath(path, key), places, lines));
  }
  return Object.fromEntries(members);
}

/** Where in its lines a text's offsets are. */
class Places {
  constructor(private readonly text: string) {}

  of(offset: number): { readonly line: number; readonly column: number } {
    const before = this.text.slice(0, offset).split("\n");
    return { line: before.length, column: before.at(-1)!.length + 1 };
  }

  error(why: string, offset: number): JsonError {
    const { line, column } = this.of(offset);
    return new JsonError(why, line, column);
  }
}
