import assert from "node:assert/strict";
import { said } from "../../support/messages.ts";
import { addLarge } from "../large_file.ts";
import {
  assertStored,
  countRequests,
  type Run,
  withStore,
} from "./with_store.ts";

/** Gives a store in which two of three parts of a build with `resume` lie, and no fault any more. */
async function withTwoParts(body: (run: Run) => Promise<void>): Promise<void> {
  let isFailing = true;
  const fault = (_request: unknown, part: number) =>
    isFailing && part === 3 ? { status: 403, code: "AccessDenied" } : undefined;
  await withStore({ fault }, async (run) => {
    addLarge(run.lab);
    await assert.rejects(
      run.build({ resume: true, parallel: 1 }),
      /access denied/,
    );
    isFailing = false;
    await body(run);
  });
}

Deno.test("with resume, the parts of a failed upload are not sent again", async () => {
  await withTwoParts(async (run) => {
    assert.equal(run.store.unfinished().length, 1);
    assert.match(said(run), /stay in the store and cost money; the next build/);
    const before = countRequests(run, "PUT part");
    await run.build({ resume: true });
    assertStored(run);
    assert.equal(countRequests(run, "PUT part") - before, 1);
  });
});

Deno.test("with resume, parts of another image are replaced", async () => {
  await withTwoParts(async (run) => {
    addLarge(run.lab, 2);
    await run.build({ resume: true });
    assertStored(run);
  });
});
