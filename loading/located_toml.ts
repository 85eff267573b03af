/**
 * TOML that remembers where in its file each value stands.
 * @module
 */

import type { AST } from "toml-eslint-parser";
import { type Json, memberPath } from "./located_json.ts";
import type { LocatedJson } from "./located_json.ts";

/** Text that is not TOML. */
export class TomlError extends Error {
  /** @param line Where, from 1. @param column Where in the line, from 1. */
  constructor(readonly why: string, readonly line: number, readonly column: number) {
    super(`line ${line}, column ${column}: ${why}`);
    this.name = "TomlError";
  }
}

/** Parses TOML 1.0. @throws TomlError */
export async function parseLocatedToml(text: string): Promise<LocatedJson> {
  const { getStaticTOMLValue, ParseError, parseTOML } = await import("toml-eslint-parser");
  try {
    const program = parseTOML(text.replace(/^\ufeff/, ""), { tomlVersion: "1.0" });
    const lines = new Map<string, number>([["", 1]]);
    for (const node of program.body[0].body) addLines(node, "", lines);
    return { value: plain(getStaticTOMLValue(program)), lines };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new TomlError(error.message.replace(/\.$/, ""), error.lineNumber, error.column + 1);
  }
}

/** Notes the line of a node's value, and of all in it. A table may be written in several places. */
function addLines(
  node: AST.TOMLTable | AST.TOMLKeyValue,
  above: string,
  lines: Map<string, number>,
): void {
  const { line } = node.loc.start;
  const keys = node.type === "TOMLTable" ? node.resolvedKey : keysOf(node);
  let path = above;
  for (const key of keys) {
    path = memberPath(path, key);
    if (!lines.has(path)) lines.set(path, line);
  }
  if (node.type === "TOMLTable") { for (const each of node.body) addLines(each, path, lines); }
  else addValue(node.value, path, lines);
}

function addValue(value: AST.TOMLContentNode, path: string, lines: Map<string, number>): void {
  if (value.type === "TOMLInlineTable") {
    for (const each of value.body) addLines(each, path, lines);
  } else if (value.type === "TOMLArray") {
    for (const [index, each] of value.elements.entries()) {
      const at = memberPath(path, index);
      lines.set(at, each.loc.start.line);
      addValue(each, at, lines);
    }
  }
}

function keysOf(node: AST.TOMLKeyValue): string[] {
  return node.key.keys.map((key) => key.type === "TOMLBare" ? key.name : key.value);
}

/** Dates become text: no setting is one. */
function plain(value: unknown): Json {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  }
  return value as Json;
}
