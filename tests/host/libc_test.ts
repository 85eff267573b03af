import assert from "node:assert/strict";
import { ERRNO, meaningOf, SystemError } from "../../host/libc/errno.ts";
import { freeBytesIn } from "../../host/libc/status.ts";

/** A `struct statfs` with these fields. */
function statfs(
  f_bsize: number,
  f_bavail: number,
  f_frsize: number,
): Uint8Array {
  const bytes = new Uint8Array(120);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(8, BigInt(f_bsize), true);
  view.setBigUint64(32, BigInt(f_bavail), true);
  view.setBigUint64(72, BigInt(f_frsize), true);
  return bytes;
}

Deno.test("free room is counted in fragments, not in what reading is best done in", () => {
  assert.equal(freeBytesIn(statfs(2 ** 20, 1000, 4096)), 4_096_000);
  assert.equal(freeBytesIn(statfs(4096, 1000, 4096)), 4_096_000);
  assert.equal(
    freeBytesIn(statfs(4096, 1000, 0)),
    4_096_000,
    "where there is no other size",
  );
});

Deno.test("an error of the kernel has its name and its meaning; an unknown one its number", () => {
  const { code, meaning, message } = new SystemError(
    "open",
    ERRNO.EACCES,
    "/x",
  );
  assert.equal(code, "EACCES");
  assert.equal(meaning, "permission denied");
  assert.equal(message, "open /x: permission denied (EACCES)");
  assert.equal(new SystemError("open", 133).message, "open: error 133 (E133)");
});

Deno.test("the runtime's errors mean the same", () => {
  assert.equal(
    meaningOf(Object.assign(new Error("spawn x"), { code: "ENOEXEC" })).slice(
      0,
      13,
    ),
    "not a program",
  );
  assert.equal(
    meaningOf(Object.assign(new Error("odd"), { code: "toString" })),
    "odd",
  );
  assert.equal(meaningOf("text"), "text");
});
