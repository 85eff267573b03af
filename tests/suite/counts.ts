/**
 * What a run of `deno test` says of its tests.
 * @module
 */

/** How many tests ended how. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

/**
 * The counts in the last line of a run, as in `ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)`.
 * A run that ended badly without saying that a test failed counts as one that did.
 */
export function countsOf(output: string, exitCode: number): TestCounts {
  // deno-lint-ignore no-control-regex
  const plain = output.replace(/\x1b\[[0-9;]*m/g, "");
  const line =
    plain.split("\n").findLast((each) => /^(ok|FAILED) \| /.test(each)) ?? "";
  const count = (word: string) =>
    Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  const failed = count("failed");
  return {
    passed: count("passed"),
    failed: failed === 0 && (exitCode !== 0 || line === "") ? 1 : failed,
    ignored: count("ignored"),
  };
}

/** The same as one line of all runs. */
export function summaryLine(
  { passed, failed, ignored }: TestCounts,
  milliseconds: number,
): string {
  const seconds = Math.round(milliseconds / 1000);
  const time = seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  const skipped = ignored === 0 ? "" : ` | ${ignored} ignored`;
  return `${
    failed === 0 ? "ok" : "FAILED"
  } | ${passed} passed | ${failed} failed${skipped} (${time})`;
}
