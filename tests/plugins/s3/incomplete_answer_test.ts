import assert from "node:assert/strict";
import { addLarge } from "../large_file.ts";
import type { Outcome, StoreOptions } from "./store.ts";
import {
  assertNothingStored,
  assertStored,
  countRequests,
  withStore,
} from "./with_store.ts";

type Fault = NonNullable<StoreOptions["fault"]>;

const BEGUN = (id: string): Outcome => ({
  answer: `<InitiateMultipartUploadResult><Bucket>vault</Bucket>${id}` +
    "</InitiateMultipartUploadResult>",
});

for (const id of ["", "<UploadId></UploadId>", "<UploadId> </UploadId>"]) {
  Deno.test(`an upload begun as ${JSON.stringify(id)} changes nothing of what is there`, async () => {
    let isLying = false;
    const fault: Fault = ({ method, query }) =>
      isLying && method === "POST" && query["uploads"] !== undefined
        ? BEGUN(id)
        : undefined;
    await withStore({ fault }, async (run) => {
      await run.build();
      const before = run.store.object("backup/out.img");
      const puts = countRequests(run, "PUT");
      isLying = true;
      addLarge(run.lab);
      await assert.rejects(run.build({ overwrite: true }), {
        message:
          /began an upload in parts without an UploadId\. Check whether s3\.endpoint/,
      });
      assert.deepEqual(run.store.object("backup/out.img"), before);
      assert.equal(countRequests(run, "PUT"), puts);
      assert.equal(countRequests(run, "DELETE"), 0);
    });
  });
}

Deno.test("a part without an ETag ends the build, and leaves nothing", async () => {
  const fault: Fault = (_request, part) =>
    part === 1 ? { answer: "" } : undefined;
  await withStore({ fault }, async (run) => {
    addLarge(run.lab);
    await assert.rejects(
      run.build(),
      /the store gave part 1 no ETag to name it by/,
    );
    assertNothingStored(run);
  });
});

for (
  const [what, list] of [
    [
      "whose end never comes",
      "<IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>" +
      "<Part><PartNumber>1</PartNumber><Size>5242880</Size></Part>",
    ],
    ["of nothing", ""],
    ["without numbers", "<Part><Size>5242880</Size></Part>"],
  ] as const
) {
  Deno.test(`a list of parts ${what} is not an obstacle to continuing`, async () => {
    let isLying = false;
    const fault: Fault = ({ method, query }, part) => {
      if (!isLying && part === 2) {
        return { status: 507, code: "InsufficientStorage" };
      }
      const isList = isLying && method === "GET" &&
        query["uploadId"] !== undefined;
      return isList
        ? { answer: `<ListPartsResult>${list}</ListPartsResult>` }
        : undefined;
    };
    await withStore({ fault }, async (run) => {
      addLarge(run.lab);
      await assert.rejects(run.build({ resume: true }), /the store is full/);
      isLying = true;
      await run.build({ resume: true });
      assertStored(run);
    });
  });
}
