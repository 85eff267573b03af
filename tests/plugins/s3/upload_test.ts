import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { ended, icecoreArgv, start } from "../../faults/lab.ts";
import { said } from "../../support/messages.ts";
import { CREDENTIALS } from "../../support/servers/s3rver.ts";
import { FORMS } from "../building.ts";
import { addLarge } from "../large_file.ts";
import { shift } from "../neighbours.ts";
import { assertStored, countRequests, withStore } from "./with_store.ts";

for (const form of FORMS) {
  Deno.test(`a small image goes in one request, its digest behind it (${form} form)`, async () => {
    await withStore({}, async (run) => {
      const { image } = await run.build({}, { form });
      assertStored(run);
      assert.deepEqual(run.store.requests.filter((kind) => kind.startsWith("P")), ["PUT", "PUT"]);
      const artifact = image.artifacts.find(({ kind }) => kind === "s3");
      assert.equal(artifact?.details?.["url"], "s3://vault/backup/out.img");
    });
  });

  Deno.test(`a large image goes in parts that the store has checked (${form} form)`, async () => {
    await withStore({ modern: true }, async (run) => {
      addLarge(run.lab);
      const { image } = await run.build({}, { form });
      assertStored(run);
      assert.equal(countRequests(run, "PUT part"), 3);
      assert.doesNotMatch(said(run), /MD5/);
      const last = run.events.findLast((event) => event.type === "progress" && event.step === "s3");
      assert.equal(last?.type === "progress" && last.done, image.sizeBytes);
    });
  });
}

Deno.test("a store that knows no SHA-256 is said to have confirmed MD5", async () => {
  await withStore({}, async (run) => {
    addLarge(run.lab);
    await run.build();
    assertStored(run);
    assert.match(said(run), /does not know SHA-256, and confirmed each part's MD5/);
  });
});

Deno.test("what a transform made is sent while it is made, with its own digest", async () => {
  await withStore({}, async (run) => {
    addLarge(run.lab);
    await run.build({}, { used: [[shift]] });
    const expected = Buffer.from(readFileSync(run.lab.image).map((byte) => byte + 1));
    assert.ok(expected.equals(run.store.object("backup/out.img.shifted")!));
    const digest = createHash("sha512").update(expected).digest("hex");
    const line = new TextDecoder().decode(run.store.object("backup/out.img.shifted.sha512"));
    assert.equal(line, `${digest}  out.img.shifted\n`);
    assert.ok(!existsSync(run.lab.at("out.img.shifted")), "no second copy was made here");
  });
});

Deno.test("on the command line the variables of AWS lead to the store, and are not shown", async () => {
  await withStore({}, async (run) => {
    addLarge(run.lab);
    const args = ["build", "source", "-o", "out.img", "--use", "s3"]
      .concat("--set", "s3.to=s3://vault/backup", "--set", "s3.partSize=5M");
    const env = { ...CREDENTIALS, AWS_ENDPOINT_URL: run.store.endpoint };
    const built = await ended(start(run.lab, icecoreArgv(args), { env }));
    assert.equal(built.code, 0, built.stderr);
    assert.doesNotMatch(built.stderr + built.stdout, /S3RVER/);
    assertStored(run);
  });
});
