/**
 * Runs icecore at another time than now.
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Outcome } from "../support/programs/run_icecore.ts";

const driver = fileURLToPath(new URL("./night_driver.ts", import.meta.url));

/** Runs a command as if it were that time. @param killAfterMs Kills it then, as `kill -9` does. */
export async function icecoreAt(
  timeMs: number,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly killAfterMs?: number;
    /** The time zone. */
    readonly zone?: string;
  } = {},
): Promise<Outcome> {
  const { cwd, killAfterMs, zone = "Europe/Berlin" } = options;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "--no-check", driver, String(timeMs), ...args],
    ...cwd !== undefined && { cwd },
    env: { NO_COLOR: "1", LC_ALL: "C.UTF-8", TZ: zone },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const killer = killAfterMs === undefined
    ? undefined
    : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(killer);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), bytes: stdout, stderr: text(stderr) };
}
