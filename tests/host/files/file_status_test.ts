import assert from "node:assert/strict";
import { unreadable } from "../../../host/files/file_status.ts";

/** What went wrong, and what helps. */
const ADVICE: Readonly<Record<string, RegExp>> = {
  EACCES: /permission denied\. Run icecore as a user who may read it\.$/,
  ELOOP: /\. Check the path\.$/,
  EIO: /\. Look at the disk, or use another copy\.$/,
  ENOMEM: /out of memory\. Raise the limit \(ulimit -v, ulimit -n\), or end other programs/,
  EMFILE: /too many open files\. Raise the limit/,
};

for (const [code, message] of Object.entries(ADVICE)) {
  Deno.test(`what cannot be read for ${code} comes with what helps`, () => {
    const error = unreadable("/x", Object.assign(new Error(code), { code }));
    assert.match(error.message, message);
  });
}
