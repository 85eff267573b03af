/**
 * The texts in a source file: what stands in quotes, parts that `+` joins put together.
 * @module
 */

/** Behind these a slash begins a regular expression; `value! / 2` is a division. */
const BEFORE_REGEXP = /(?:^|[=(,:[&|?{};>]|(?<![\w)\]])!|\breturn|\btypeof)$/;

/** All texts of a file in TypeScript, with `${}` for what is put in. */
export function literalsOf(code: string): string[] {
  const found: string[] = [];
  let between = "";
  let at = 0;
  const add = (text: string) => {
    if (found.length > 0 && between.trim() === "+") found.push(found.pop()! + text);
    else found.push(text);
    between = "";
  };
  while (at < code.length) {
    const rest = code.slice(at, at + 2);
    if (rest === "//" || rest === "/*") {
      const end = rest === "//" ? code.indexOf("\n", at) : code.indexOf("*/", at) + 2;
      at = end < at ? code.length : end;
    } else if (`"'\``.includes(code[at]!)) {
      const { text, end } = quoted(code, at);
      add(text);
      at = end;
    } else if (code[at] === "/" && BEFORE_REGEXP.test(between.trimEnd().slice(-10))) {
      at = endOfRegexp(code, at);
      between += "/";
    } else between += code[at++];
  }
  return found;
}

function quoted(code: string, start: number): { readonly text: string; readonly end: number } {
  const quote = code[start];
  let text = "";
  for (let at = start + 1; at < code.length; at++) {
    if (code[at] === quote) return { text, end: at + 1 };
    if (code[at] === "\\") text += code[++at] === "n" ? "\n" : code[at];
    else if (quote === "`" && code.startsWith("${", at)) {
      at = endOfInsertion(code, at + 2) - 1;
      text += "${}";
    } else text += code[at];
  }
  throw new Error(`a text has no end: ${code.slice(start, start + 60)}`);
}

function endOfInsertion(code: string, start: number): number {
  let depth = 1;
  for (let at = start; at < code.length;) {
    if (`"'\``.includes(code[at]!)) at = quoted(code, at).end;
    else {
      if (code[at] === "{") depth++;
      if (code[at] === "}" && --depth === 0) return at + 1;
      at++;
    }
  }
  throw new Error("what is put into a text has no end");
}

function endOfRegexp(code: string, start: number): number {
  let isClass = false;
  for (let at = start + 1; at < code.length; at++) {
    if (code[at] === "\\") at++;
    else if (code[at] === "[") isClass = true;
    else if (code[at] === "]") isClass = false;
    else if (code[at] === "/" && !isClass) return at + 1;
  }
  throw new Error("a regular expression has no end");
}
