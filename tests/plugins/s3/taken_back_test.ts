import assert from "node:assert/strict";
import type { Step } from "../../../mod.ts";
import { said } from "../../support/messages.ts";
import { FORMS } from "../building.ts";
import { addLarge } from "../large_file.ts";
import { failing } from "../neighbours.ts";
import { assertNothingStored, assertStored, withStore } from "./with_store.ts";

for (const form of FORMS) {
  Deno.test(`when a step behind it fails, what was stored is taken back (${form} form)`, async () => {
    await withStore({}, async (run) => {
      addLarge(run.lab);
      await assert.rejects(
        run.build({}, { form, used: [[failing]] }),
        /step failing failed: no/,
      );
      assert.ok(run.store.requests.includes("POST complete"), "it was stored");
      assertNothingStored(run);
    });
  });

  Deno.test(`Ctrl-C behind it takes back what was stored (${form} form)`, async () => {
    await withStore({}, async (run) => {
      const controller = new AbortController();
      const stop: Step = {
        name: "stop",
        shell: false,
        run: () => controller.abort(),
      };
      const request = { signal: controller.signal };
      await assert.rejects(run.build({}, { form, used: [[stop]], request }), {
        code: "interrupted",
      });
      assert.ok(run.store.requests.includes("PUT"), "it was stored");
      assertNothingStored(run);
    });
  });
}

Deno.test("an interrupted build names what stays, and does not say that nothing does", async () => {
  await withStore({}, async (run) => {
    const controller = new AbortController();
    const stop: Step = {
      name: "stop",
      shell: false,
      run: () => controller.abort(),
    };
    const request = { signal: controller.signal };
    const building = run.build({ overwrite: true }, {
      used: [[stop]],
      request,
    });
    const urls = ["out.img.sha512", "out.img"].map((name) =>
      `s3://vault/backup/${name}`
    );
    await assert.rejects(building, { code: "interrupted" });
    assert.deepEqual(run.store.keys(), [
      "backup/out.img",
      "backup/out.img.sha512",
    ]);
    const failed = run.events.at(-1)!;
    assert.ok(failed.type === "build-failed");
    assert.deepEqual(failed.left?.toSorted(), urls.toSorted());
    assert.match(
      failed.message,
      /^interrupted: (s3:[^ ,]+(, )?){2} were left behind$/,
    );
  });
});

Deno.test("what may have replaced another object stays, and it is said how to remove it", async () => {
  await withStore({}, async (run) => {
    const used = [[failing]] as const;
    await assert.rejects(
      run.build({ overwrite: true }, { used }),
      /step failing failed: no/,
    );
    assert.deepEqual(run.store.keys(), [
      "backup/out.img",
      "backup/out.img.sha512",
    ]);
    const remove =
      `aws s3 rm s3://vault/backup/out.img --endpoint-url ${run.store.endpoint}`;
    assert.ok(
      said(run).includes(
        "s3://vault/backup/out.img stays in the store: it may have replaced another, which is " +
          `gone. To remove it: ${remove}`,
      ),
      said(run),
    );
  });
});

Deno.test("what the store does not give back is named, with the command that removes it", async () => {
  const fault = ({ method }: { readonly method: string }) =>
    method === "DELETE" ? { status: 403, code: "AccessDenied" } : undefined;
  await withStore({ fault }, async (run) => {
    const used = [[failing]] as const;
    await assert.rejects(run.build({}, { used }), /step failing failed: no/);
    assert.match(
      said(run),
      /out\.img stays in the store: .*\. To remove it: aws s3 rm .*out\.img /,
    );
  });
});

Deno.test("what was stored stays when the build succeeds", async () => {
  await withStore({}, async (run) => {
    await run.build({}, { used: [[{ ...failing, run: () => {} }]] });
    assertStored(run);
  });
});
