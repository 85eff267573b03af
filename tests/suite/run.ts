/**
 * Runs the test files, several at a time, against an executable that is compiled once.
 *
 *     deno task test [FILE|FOLDER...]
 *
 * Most tests of the command line start icecore hundreds of times; an executable starts thirty times
 * as fast as the source. Where it cannot be compiled, the source is run, and a line says so. Files
 * of which a test failed are run once more when nothing runs beside them, and count as they end then.
 * @module
 */

import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { countsOf, summaryLine, type TestCounts } from "./counts.ts";
import { batchesOf } from "./batches.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** `deno test`, with the packages that only tests need. */
const TEST = [
  ...[Deno.execPath(), "test", "--no-check", "--allow-all"],
  ...["--config", `${ROOT}tests/deno.json`],
];

/** Compiles icecore into a folder. @returns `undefined` where that cannot be done here */
function compileInto(folder: string): string | undefined {
  const path = `${folder}/icecore`;
  const { code, stderr } = new Deno.Command("bash", {
    args: [`${ROOT}compile.sh`, "--runtime", "bun", "-o", path],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (code === 0) return path;
  console.log(`no executable could be compiled, so the source is run, which takes longer:`);
  console.log(new TextDecoder().decode(stderr));
  return undefined;
}

/** All test files below the places named, in order. */
function testFiles(places: readonly string[]): string[] {
  return places.flatMap((place) => {
    if (!statSync(`${ROOT}${place}`).isDirectory()) return [place];
    return readdirSync(`${ROOT}${place}`, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith("_test.ts"))
      .map((name) => `${place.replace(/\/$/, "")}/${name}`);
  }).sort();
}

/** Runs one batch; its output is printed whole when it is over. */
async function runBatch(files: readonly string[], executable?: string): Promise<TestCounts> {
  const { code, stdout } = await new Deno.Command("bash", {
    args: ["-c", 'exec "$@" 2>&1', "bash", ...TEST, ...files],
    cwd: ROOT,
    env: executable === undefined ? {} : { ICECORE_EXECUTABLE: executable },
    stdin: "null",
    stdout: "piped",
  }).output();
  const output = new TextDecoder().decode(stdout);
  console.log(output.trimEnd());
  return countsOf(output, code);
}

if (import.meta.main) {
  const begin = performance.now();
  const folder = mkdtempSync(`${tmpdir()}/icecore-suite-`);
  const total = { passed: 0, failed: 0, ignored: 0 };
  const disturbed: string[][] = [];
  const add = (counts: TestCounts) => {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.ignored += counts.ignored;
  };
  try {
    const executable = process.env["ICECORE_EXECUTABLE"] ?? compileInto(folder);
    const batches = batchesOf(testFiles(Deno.args.length === 0 ? ["tests"] : Deno.args));
    // One more than there are processors: many tests wait, for a server, a clock or a kernel.
    const work = async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        const counts = await runBatch(batch, executable);
        if (counts.failed > 0) disturbed.push(batch);
        else add(counts);
      }
    };
    await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) + 1 }, work));
    // Tests that ran beside may have taken what these needed: alone, they have the last word.
    for (const batch of disturbed) {
      console.log(`\nonce more, alone: ${batch.join(" ")}`);
      add(await runBatch(batch, executable));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${summaryLine(total, performance.now() - begin)}`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}
