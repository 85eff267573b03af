/**
 * Where the source names a runtime, found with `deno lint` and the plugin beside this file.
 * @module
 */

import { fileURLToPath } from "node:url";

/** A place that names a runtime. */
export interface RuntimeName {
  /** Path relative to the root. */
  readonly file: string;
  readonly line: number;
}

interface LintResult {
  readonly diagnostics: readonly {
    readonly filename: string;
    readonly range: { readonly start: { readonly line: number } };
  }[];
  readonly errors: readonly {
    readonly file_path: string;
    readonly message: string;
  }[];
}

/** The places in `files` (relative to `root`) that name a runtime. */
export async function findRuntimeNames(
  root: string,
  files: string[],
): Promise<RuntimeName[]> {
  if (files.length === 0) return [];
  const configuration = fileURLToPath(new URL("./lint.json", import.meta.url));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["lint", "--config", configuration, "--json", ...files],
    cwd: root,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") {
    throw new Error(`deno lint failed: ${new TextDecoder().decode(stderr)}`);
  }
  const { diagnostics, errors } = JSON.parse(text) as LintResult;
  if (errors[0] !== undefined) {
    throw new Error(`deno lint failed: ${errors[0].message}`);
  }
  return diagnostics.map(({ filename, range }) => ({
    file: fileURLToPath(filename).slice(root.length + 1),
    line: range.start.line,
  }));
}
