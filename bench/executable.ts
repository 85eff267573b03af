/**
 * The compiled executable: built if it is not there or too old, and how fast it starts.
 * @module
 */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { median } from "./statistics.ts";

const path = fileURLToPath(new URL("../dist/icecore", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));
/** Folders of which nothing is in the executable. */
const APART = ["bench", "dist", "docs", "examples", "node_modules", "tests"];

/**
 * The path of `dist/icecore`; builds it where it is missing or older than its source.
 *
 * @throws Error if that fails.
 */
export function executable(): string {
  if (existsSync(path) && statSync(path).mtimeMs > newestSourceMs()) return path;
  const script = fileURLToPath(new URL("../compile.sh", import.meta.url));
  const { status } = spawnSync("bash", [script, "-o", path], { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error("cannot build dist/icecore: see above.");
  return path;
}

/**
 * Seconds from start to end, the median of 21 runs after one that is not counted.
 * @param words e.g. `--version`; `exitCode` is what it ends with
 */
export function startSeconds(
  command: readonly string[],
  words: readonly string[] = ["--version"],
  exitCode = 0,
): number {
  const [program = "", ...args] = command;
  const runs = Array.from({ length: 22 }, () => {
    const begin = performance.now();
    const { status, error } = spawnSync(program, [...args, ...words]);
    if (status !== exitCode) throw error ?? new Error(`${program} ${words.join(" ")} failed`);
    return (performance.now() - begin) / 1000;
  });
  return median(runs.slice(1)) ?? NaN;
}

function newestSourceMs(): number {
  const parts = readdirSync(root).filter((name) => !name.startsWith(".") && !APART.includes(name));
  const files = parts.flatMap((part) =>
    statSync(root + part).isDirectory()
      ? readdirSync(root + part, { recursive: true, encoding: "utf8" }).map((name) =>
        `${part}/${name}`
      )
      : [part]
  );
  return Math.max(...files.map((name) => statSync(root + name).mtimeMs));
}
