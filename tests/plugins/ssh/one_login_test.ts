import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { testWith } from "../../support/programs/requirements.ts";
import { FORMS } from "../building.ts";
import { failing } from "../neighbours.ts";
import { POSIX, RSYNC, WITH_RSYNC } from "./far_side.ts";
import { assertStored, storedIn, withFar } from "./with_far.ts";

/** Programs that hold a connection to this port open. */
function connected(port: unknown): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((processId) => {
    try {
      return readFileSync(`/proc/${processId}/cmdline`, "utf8").includes(`\0-p\0${port}\0`);
    } catch {
      return false;
    }
  });
}

for (const form of FORMS) {
  for (const [name, programs] of [["rsync", WITH_RSYNC], ["sftp", POSIX]] as const) {
    testWith(RSYNC, `a build logs in to look, and once more (${name}, ${form} form)`, async () => {
      let countConnections = 0;
      const onConnection = () => void countConnections++;
      await withFar({ programs, onConnection }, async ({ lab, far, build }) => {
        await build({}, { form });
        assertStored(lab);
        assert.equal(countConnections, 2);
        assert.deepEqual(connected(far.options["port"]), [], "the connection is closed");
        await assert.rejects(build({ to: `${far.options["to"]}/x` }, { form, used: [[failing]] }));
        assert.equal(countConnections, 4);
        assert.deepEqual(connected(far.options["port"]), [], "the connection is closed");
        assert.deepEqual(storedIn(lab), ["out.img", "out.img.sha512", "x"]);
      });
    });
  }
}
