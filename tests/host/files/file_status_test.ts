import assert from "node:assert/strict";
import { unreadable } from "../../../host/files/file_status.ts";

/** What went wrong, and what helps. */
const ADVICE: Readonly<Record<string, RegExp>> = {
  EACCES: /permission denied\. Run icecore as a user who may read it\.$/,
  ELOOP: /\. Check the path\.$/,
  EIO: /\. Look at the disk, or use another copy\.$/,
};

for (const [code, message] of Object.entries(ADVICE)) {
  Deno.test(`what cannot be read for ${code} comes with what helps`, () => {
    const error = unreadable("/x", Object.assign(new Error(code), { code }));
    assert.match(error.message, message);
  });
}

for (
  const [code, meaning] of [["ENOMEM", "out of memory"], [
    "EMFILE",
    "too many open files",
  ]]
) {
  Deno.test(`what cannot be read for ${code} is not a fault of the file`, () => {
    assert.throws(
      () => unreadable("/x", Object.assign(new Error(code), { code })),
      {
        code: "no-resources",
        message: `cannot open /x: ${meaning}. ` +
          "Raise the limit (ulimit -n, ulimit -v), or end other programs, and try again.",
      },
    );
  });
}
