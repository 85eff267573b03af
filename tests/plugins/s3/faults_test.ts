import assert from "node:assert/strict";
import { assertNothingBuilt, ended, icecoreArgv, start } from "../../faults/lab.ts";
import { said } from "../../support/messages.ts";
import { CREDENTIALS } from "../../support/servers/s3rver.ts";
import { FORMS } from "../building.ts";
import { addLarge } from "../large_file.ts";
import { failing } from "../neighbours.ts";
import type { FaultyStore, StoreOptions } from "./store.ts";
import { assertNothingStored, assertStored, countRequests, withStore } from "./with_store.ts";

type Fault = NonNullable<StoreOptions["fault"]>;

/** Does something when the second part arrives, which goes well itself. */
const onSecondPart = (act: () => unknown): Fault => (_request, part) => {
  if (part === 2) void act();
  return undefined;
};

for (const form of FORMS) {
  Deno.test(`parts that break or are refused are sent again (${form} form)`, async () => {
    const outcomes = ["cut", { status: 503, code: "SlowDown" }, "cut afterwards"] as const;
    const fault: Fault = (_request, part, count) => part === 0 ? undefined : outcomes[count - 1];
    await withStore({ fault, modern: true }, async (run) => {
      addLarge(run.lab);
      await run.build({}, { form });
      assertStored(run);
      assert.equal(said(run).match(/^part \d is sent again: /gm)?.length, 3);
    });
  });

  Deno.test(`a store that is full ends the build and is left clean (${form} form)`, async () => {
    const fault: Fault = (_request, part) =>
      part === 2 ? { status: 507, code: "InsufficientStorage" } : undefined;
    await withStore({ fault }, async (run) => {
      addLarge(run.lab);
      await assert.rejects(
        run.build({}, { form }),
        /cannot upload s3:\/\/vault\/backup\/out\.img: the store is full\. Make room in it/,
      );
      assertNothingStored(run);
      await assertNothingBuilt(run.lab);
    });
  });

  Deno.test(`Ctrl-C during an upload leaves nothing that costs money (${form} form)`, async () => {
    const controller = new AbortController();
    const { signal } = controller;
    await withStore({ fault: onSecondPart(() => controller.abort()) }, async (run) => {
      addLarge(run.lab);
      await assert.rejects(run.build({}, { form, request: { signal } }), { code: "interrupted" });
      assert.equal(countRequests(run, "POST begin"), 1);
      assertNothingStored(run);
      await assertNothingBuilt(run.lab);
    });
  });

  Deno.test(`a store that dies is named, and what may be left in it (${form} form)`, async () => {
    let store: FaultyStore | undefined;
    await withStore({ fault: onSecondPart(() => store?.die()) }, async (run) => {
      store = run.store;
      addLarge(run.lab);
      await assert.rejects(
        run.build({ retries: 1 }, { form }),
        /cannot upload .*: the connection failed: .*\. Check/,
      );
      assert.match(said(run), /may stay in the store .*abort-multipart-upload/);
      await assertNothingBuilt(run.lab);
    });
  });
}

Deno.test("an answer lost on completing is not taken for another's object", async () => {
  const fault: Fault = ({ method, query }, _part, count) => {
    const completes = (method === "POST" && query["uploadId"] !== undefined) ||
      (method === "PUT" && query["partNumber"] === undefined);
    return completes && count === 1 ? "cut afterwards" : undefined;
  };
  await withStore({ fault, modern: true }, async (run) => {
    addLarge(run.lab);
    await run.build();
    assertStored(run);
  });
});

Deno.test("when the side file is refused, nothing stays in the store", async () => {
  const fault: Fault = ({ method, path }) =>
    method === "PUT" && path.endsWith(".sha512")
      ? { status: 403, code: "AccessDenied" }
      : undefined;
  await withStore({ fault }, async (run) => {
    await assert.rejects(run.build(), /out\.img\.sha512: access denied/);
    assertNothingStored(run);
    await assertNothingBuilt(run.lab);
  });
});

Deno.test("when another step fails before the upload is completed, nothing stays in the store", async () => {
  await withStore({}, async (run) => {
    addLarge(run.lab);
    const used = [[{ ...failing, after: "hash", passive: true }]] as const;
    await assert.rejects(run.build({}, { used }), /step failing failed: no/);
    assertNothingStored(run);
  });
});

Deno.test("Ctrl-C on the command line ends with 130 and an empty store", async () => {
  let child: Deno.ChildProcess | undefined;
  await withStore({ fault: onSecondPart(() => child?.kill("SIGINT")) }, async (run) => {
    addLarge(run.lab);
    const args = ["build", "source", "-o", "out.img", "--use", "s3"]
      .concat("--set", "s3.to=s3://vault/backup", "--set", "s3.partSize=5M");
    const env = { ...CREDENTIALS, AWS_ENDPOINT_URL: run.store.endpoint };
    child = start(run.lab, icecoreArgv(args), { env });
    const { code, stderr } = await ended(child);
    assert.equal(code, 130, stderr);
    assertNothingStored(run);
    await assertNothingBuilt(run.lab);
  });
});
