import assert from "node:assert/strict";
import { EnvironmentError } from "../../host/environment_error.ts";
import { ERRNO, SystemError } from "../../host/libc/errno.ts";
import { extractFailure } from "../../image/extract/failure.ts";
import { InterruptedError } from "../../pipeline/build_errors.ts";

const place = { target: "restored", path: "a/b", countNames: 3 };

/** The code and the message that somebody gets. */
function reported(error: Error): [code: string, message: string] {
  const failure = extractFailure(error, place) as Error & { code: string };
  return [failure.code, failure.message];
}

Deno.test("a server that gave up halfway is reported with what was extracted by then", () => {
  const error = new EnvironmentError(
    "cannot read x: it was replaced. Start again.",
    "image-changed",
  );
  assert.deepEqual(reported(error), [
    "image-changed",
    "cannot read x: it was replaced. Start again. The 3 names extracted before it are in restored.",
  ]);
});

Deno.test("a limit of file sizes may be the file system's or the user's: both are named", () => {
  const [code, message] = reported(new SystemError("pwrite", ERRNO.EFBIG));
  assert.equal(code, "not-writable");
  assert.match(
    message,
    /^cannot extract a\/b into restored: file too large\. .*ulimit -f.*3 names/,
  );
});

Deno.test("an interruption says what was complete", () => {
  assert.deepEqual(reported(new InterruptedError("SIGTERM")), [
    "interrupted",
    "interrupted by SIGTERM: what was complete, 3 names in restored was left behind",
  ]);
});
