import assert from "node:assert/strict";
import { said } from "../../support/messages.ts";
import type { Request } from "../../support/servers/s3rver.ts";
import { addLarge } from "../large_file.ts";
import type { StoreOptions } from "./store.ts";
import { assertNothingStored, assertStored, withStore } from "./with_store.ts";

type Fault = NonNullable<StoreOptions["fault"]>;

/** Whether a request makes the image appear. */
function completes({ method, query, path }: Request): boolean {
  if (!path.endsWith("out.img")) return false;
  return method === "POST" ? query["uploadId"] !== undefined : method === "PUT" &&
    query["partNumber"] === undefined;
}

/** What a build ends with: a store that is asked to complete twice may fail. */
const LOST = /the connection failed|the store answered (404|500)/;

for (const size of ["small", "large"] as const) {
  const withSize = (fault: Fault, body: Parameters<typeof withStore>[1]) =>
    withStore({ fault }, async (run) => {
      if (size === "large") addLarge(run.lab);
      await body(run);
    });

  Deno.test(`a ${size} object whose every answer is lost is found in the store`, async () => {
    const fault: Fault = (request) => completes(request) ? "cut afterwards" : undefined;
    await withSize(fault, async (run) => {
      await run.build();
      assertStored(run);
    });
  });

  Deno.test(`a ${size} object that cannot be asked for at once is taken back later`, async () => {
    let isCompleted = false;
    let countLooks = 0;
    const fault: Fault = (request) => {
      if (completes(request)) {
        isCompleted = true;
        return "cut afterwards";
      }
      const isFirstLook = isCompleted && request.method === "HEAD" && ++countLooks === 1;
      return isFirstLook ? { status: 403, code: "AccessDenied" } : undefined;
    };
    await withSize(fault, async (run) => {
      await assert.rejects(run.build(), LOST);
      assertNothingStored(run);
    });
  });

  Deno.test(`a ${size} object that cannot be asked for is named, with what removes it`, async () => {
    let isCompleted = false;
    const fault: Fault = (request) => {
      isCompleted ||= completes(request);
      return completes(request) ? "cut afterwards" : isCompleted ? "cut" : undefined;
    };
    await withSize(fault, async (run) => {
      await assert.rejects(run.build({ retries: 1 }), LOST);
      assert.match(
        said(run),
        /^s3:\/\/vault\/backup\/out\.img may be in the store: .*\. To remove it: aws s3 rm /m,
      );
    });
  });

  Deno.test(`a ${size} object that the store cuts short is named and taken back`, async () => {
    const fault: Fault = (request) => completes(request) ? "shorten" : undefined;
    await withSize(fault, async (run) => {
      await assert.rejects(run.build(), {
        message: /the store has \d+ bytes now, and \d+ were sent\. Check the network, the store/,
      });
      assertNothingStored(run);
    });
  });

  Deno.test(`a ${size} object is asked for again after a conflict`, async () => {
    let countConflicts = 0;
    const fault: Fault = (request) =>
      completes(request) && countConflicts++ < 2
        ? { status: 409, code: "ConditionalRequestConflict" }
        : undefined;
    await withSize(fault, async (run) => {
      await run.build();
      assertStored(run);
    });
  });

  Deno.test(`a conflict that does not end is not an object of another's (${size})`, async () => {
    const fault: Fault = (request) =>
      completes(request) ? { status: 409, code: "ConditionalRequestConflict" } : undefined;
    await withSize(fault, async (run) => {
      await assert.rejects(
        run.build({ retries: 1 }),
        /something else is being done with that name/,
      );
      assertNothingStored(run);
    });
  });

  Deno.test(`with write-only credentials a ${size} object is stored unseen`, async () => {
    const fault: Fault = ({ method }) =>
      method === "HEAD" ? { status: 403, code: "AccessDenied" } : undefined;
    await withSize(fault, async (run) => {
      await run.build();
      assertStored(run);
      assert.match(said(run), /it was stored, and could not be looked at afterwards: .* 403/);
    });
  });
}
