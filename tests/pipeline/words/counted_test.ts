import assert from "node:assert/strict";
import type { PlanNote } from "../../../ext4/plan_image.ts";
import { ERRNO, SystemError } from "../../../host/libc/errno.ts";
import { extractFailure } from "../../../image/extract/failure.ts";
import type { ScannedSource } from "../../../pipeline/step.ts";
import { counted } from "../../../pipeline/words/counted.ts";
import { problemOf } from "../../../steps/pack/notes.ts";

Deno.test("one has no s behind it, and thousands have a comma", () => {
  const said = [0, 1, 2, 1000].map((count) => counted(count, "name"));
  assert.deepEqual(said, ["0 names", "1 name", "2 names", "1,000 names"]);
});

Deno.test("one name that was extracted is one, and several are several", () => {
  const said = [1, 2].map((countNames) => {
    const place = { target: "out", path: "a", countNames };
    const error = extractFailure(
      new SystemError("write", ERRNO.ENOSPC),
      place,
    ) as Error;
    return error.message.slice(error.message.indexOf("The "));
  });
  assert.deepEqual(said, [
    "The 1 name extracted before it is in out.",
    "The 2 names extracted before it are in out.",
  ]);
});

Deno.test("one other inode that has an attribute is one, and several are several", () => {
  const source = { pathOf: () => "a" } as unknown as ScannedSource;
  const said = [1, 2, 3].map((countInodes) => {
    const name = new TextEncoder().encode("user.x");
    const note = {
      kind: "xattr-refused",
      inode: 2,
      name,
      why: "",
      countInodes,
    };
    return problemOf(note as unknown as PlanNote, source).reason.split(
      ", nor ",
    )[1];
  });
  assert.deepEqual(said, [
    undefined,
    "on 1 other with it",
    "on 2 others with it",
  ]);
});
