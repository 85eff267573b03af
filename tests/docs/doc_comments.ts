/**
 * Runs the examples in the doc comments of source files, type check included.
 * @module
 */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";

/** What the examples came to. */
export interface ExamplesOutcome {
  readonly success: boolean;
  readonly countPassed: number;
  readonly output: string;
}

/**
 * Runs the examples with `deno test --doc`.
 *
 * @param root The source tree, whose `deno.json` is used.
 * @param files Paths relative to it.
 */
export async function runDocComments(
  root: string,
  files: string[],
): Promise<ExamplesOutcome> {
  const folder = await mkdtemp(`${tmpdir()}/icecore-examples-`);
  try {
    const configuration = `${folder}/deno.json`;
    await writeFile(configuration, await relaxed(root));
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      {
        args: [
          "test",
          "--config",
          configuration,
          "--doc",
          "--allow-all",
          ...files,
        ],
        cwd: root,
        env: { NO_COLOR: "1" },
        stdout: "piped",
        stderr: "piped",
      },
    ).output();
    const decoder = new TextDecoder();
    const output = decoder.decode(stdout) + decoder.decode(stderr);
    return {
      success,
      output,
      countPassed: Number(/(\d+) passed/.exec(output)?.[1] ?? 0),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Deno imports a module's exports into its examples unasked, so unused names are not mistakes here. */
async function relaxed(root: string): Promise<string> {
  const configuration = JSON.parse(await readFile(`${root}/deno.json`, "utf8"));
  const entries = Object.fromEntries(
    [["icecore", "mod"], ["icecore/read", "read"], ["icecore/plugin", "plugin"]]
      .map(([name, file]) => [name, pathToFileURL(`${root}/${file}.ts`).href]),
  );
  return JSON.stringify({
    imports: { ...configuration.imports, ...entries },
    nodeModulesDir: "none",
    lock: false,
    compilerOptions: {
      ...configuration.compilerOptions,
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
  });
}
