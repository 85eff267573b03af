/**
 * Fails on an import that points up, on a cycle between files or folders, and on a runtime named
 * outside `host/`. The arrows are in `layers.ts`. Run it with `deno task direction`.
 * @module
 */

import { folderCycles, foldersOf } from "./folder_cycles.ts";
import { importCycles } from "./import_cycles.ts";
import { type Import, importGraph } from "./import_graph.ts";
import { type Layer, layerOf, rules } from "./layers.ts";
import { findRuntimeNames } from "./runtime_names/find.ts";
import { repositoryRoot, sourceFiles } from "./source_files.ts";
import { report, type Violation } from "./violation.ts";

/** Every violation in the source tree at `root`, in order of files and lines. */
export async function checkDirection(root: string): Promise<Violation[]> {
  const files = sourceFiles(root);
  const imports = await importGraph(root);
  const pure = files.filter((file) => rules[layerOf(file) ?? "tests"].runtime === false);
  const violations = [
    ...files.filter((file) => layerOf(file) === undefined).map(unknownPlace),
    ...imports.flatMap((edge) => checkImport(edge)),
    ...importCycles(imports).map(cycle),
    ...folderCycles(imports.filter(isWithinLayer)).map(folderCycle),
    ...(await findRuntimeNames(root, pure)).map(runtimeName),
  ];
  return violations.sort((a, b) => a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line);
}

/** What is wrong with one import, if anything. */
function checkImport(edge: Import): Violation[] {
  const { from, to, line, typeOnly } = edge;
  const layer = layerOf(from);
  if (layer === undefined) return [];
  const wrong = (why: string) => [{ file: from, line, message: `${from} imports ${to}: ${why}` }];
  if (edge.error !== undefined) return wrong("it cannot be resolved. Correct the path.");
  const rule = rules[layer];
  if (/^[a-z]+:/.test(to)) {
    if (!rule.outside) return wrong(`${rule.why}. Pass in what it needs as a parameter.`);
    if (to.startsWith("bun:") && !rule.runtime) {
      return wrong("only host/ names a runtime. Put what needs it into host/.");
    }
    return [];
  }
  if (to === "deno.json") return layer === "ext4" ? wrong(`${rule.why}.`) : [];
  // Pages of the documentation are a part of the executable, as text.
  if (layer === "cli" && /^docs\/[a-z0-9-]+\.md$/.test(to)) return [];
  const target = layerOf(to);
  if (target === undefined) return wrong("that place is in no layer. Move it into one.");
  if (target === layer) return layer === "plugins" ? checkPlugin(edge, wrong) : [];
  if (rule.imports.includes(target)) return [];
  if (rule.typesOf?.includes(target) === true) {
    return typeOnly ? [] : wrong(`only types of ${target}/ may be imported. Write "import type".`);
  }
  return wrong(`${rule.why}. ${advice(layer, target)}`);
}

/** A plugin of several files has a folder of its own beside `NAME.ts`, and stays inside it. */
function checkPlugin({ from, to }: Import, wrong: (why: string) => Violation[]): Violation[] {
  const folder = `${/^plugins\/[^/]+?(?=\/|\.ts$)/.exec(from)?.[0]}/`;
  if (to.startsWith(folder)) return [];
  return wrong(`${rules.plugins.why}. Give a plugin of several files a folder of its own.`);
}

function advice(layer: Layer, target: Layer): string {
  if (target === "tests" || target === "bench") return "Move what is shared out of it.";
  const allowed = rules[layer].imports;
  return allowed.length === 0
    ? "Pass it in as a parameter, or move it down."
    : `It may import ${allowed.join(", ")}: export it there, or move it down.`;
}

function cycle(edges: Import[]): Violation {
  const [first] = edges;
  const path = [...edges.map((edge) => edge.from), first?.from].join(" → ");
  return {
    file: first?.from ?? "",
    line: first?.line ?? 1,
    message: `${first?.from} imports ${first?.to}: a cycle, ${path}. ` +
      "Move what they share into a file of its own.",
  };
}

/** Between layers the arrows hold; tests and benchmarks may look at each other's folders. */
function isWithinLayer({ from, to }: Import): boolean {
  const layer = layerOf(from);
  return layer === layerOf(to) && layer !== "tests" && layer !== "bench";
}

function folderCycle(statements: Import[]): Violation {
  const [first] = statements;
  const folders = foldersOf(statements);
  const others = statements.slice(1).map(({ from, to }) => `${from} imports ${to}`);
  return {
    file: first?.from ?? "",
    line: first?.line ?? 1,
    message: `${first?.from} imports ${first?.to}: a circle of folders, ` +
      `${[...folders, folders[0]].join(" → ")}, since ${others.join(" and ")}. ` +
      "Move what they share into a folder below both.",
  };
}

function runtimeName({ file, line }: { file: string; line: number }): Violation {
  const message = `${file} names a runtime: only host/ does. Put what needs it into host/.`;
  return { file, line, message };
}

function unknownPlace(file: string): Violation {
  const message = `${file} lies in no layer. Move it, or add its place to tests/lint/layers.ts.`;
  return { file, line: 1, message };
}

if (import.meta.main) {
  const clean = "every import points the right way";
  Deno.exit(report(await checkDirection(repositoryRoot), clean));
}
