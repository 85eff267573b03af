/**
 * Who imports whom, as Deno's own parser sees it (`deno info`): comments and strings do not count,
 * `import type`, `import("…")` and names of the import map do.
 * @module
 */

import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { sourceFiles } from "./source_files.ts";

/** One import statement. */
export interface Import {
  /** The importing file, relative to the root. */
  readonly from: string;
  readonly line: number;
  /** What the statement says, e.g. `./image.ts`, `node:fs`, `dax`. */
  readonly specifier: string;
  /** What it means: a path relative to the root, else the whole specifier, e.g. `npm:dax@0.49.0`. */
  readonly to: string;
  /** Whether it is gone at run time: `import type`, `export type`. */
  readonly typeOnly: boolean;
  /** Why it cannot be resolved, if so. */
  readonly error?: string;
}

interface Resolved {
  readonly specifier?: string;
  readonly error?: string;
  readonly span: { readonly start: { readonly line: number } };
}
interface Dependency {
  readonly specifier: string;
  readonly code?: Resolved;
  readonly type?: Resolved;
}
interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
  readonly error?: string;
}

/** A command line holds about 128 kB in one argument; this many imports stay well below it. */
const filesAtOnce = 400;

/** All imports of all source files below `root`. */
export async function importGraph(root: string): Promise<Import[]> {
  const files = sourceFiles(root);
  const modules = new Map<string, Module>();
  for (let i = 0; i < files.length; i += filesAtOnce) {
    for (const module of await denoInfo(root, files.slice(i, i + filesAtOnce))) {
      modules.set(module.specifier, module);
    }
  }
  const base = `${pathToFileURL(root).href}/`;
  return files.flatMap((file) => {
    const dependencies = modules.get(pathToFileURL(`${root}/${file}`).href)?.dependencies ?? [];
    return dependencies.map((dependency) => toImport(file, dependency, base, modules));
  });
}

function toImport(
  from: string,
  { specifier, code, type }: Dependency,
  base: string,
  modules: Map<string, Module>,
): Import {
  const resolved = code ?? type;
  const target = resolved?.specifier ?? specifier;
  const error = resolved?.error ??
    (target.startsWith(base) ? modules.get(target)?.error : undefined);
  return {
    from,
    line: (resolved?.span.start.line ?? 0) + 1,
    specifier,
    to: target.startsWith(base) ? fileURLToPath(target).slice(fileURLToPath(base).length) : target,
    typeOnly: code === undefined,
    ...(error === undefined ? {} : { error }),
  };
}

async function denoInfo(root: string, files: readonly string[]): Promise<readonly Module[]> {
  const source = files.map((file) => `import ${JSON.stringify(pathToFileURL(`${root}/${file}`))};`);
  // The tests' one knows all packages, the source tree's only those of the product.
  const tests = `${root}/tests/deno.json`;
  const configuration = existsSync(tests) ? ["--config", tests] : [];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "info",
      ...configuration,
      "--json",
      `data:application/typescript,${encodeURIComponent(source.join(""))}`,
    ],
    cwd: root,
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
  return (JSON.parse(new TextDecoder().decode(stdout)) as { modules: Module[] }).modules;
}
