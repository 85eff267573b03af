import assert from "node:assert/strict";
import { aptGetLine, testPackages } from "./debian_packages.ts";
import { missingRequirement, requires } from "./requirements.ts";

Deno.test("a test that needs nothing runs under its own name", () => {
  assert.deepEqual(requires({}), { ignore: false, suffix: "" });
});

Deno.test("a test that needs a program nobody has is ignored, and its name says why", () => {
  assert.deepEqual(requires({ programs: ["no-such-program"] }), {
    ignore: true,
    suffix: " (skipped: needs no-such-program)",
  });
});

Deno.test("a missing program is named with the line that installs it", () => {
  const reason = missingRequirement({ programs: ["par2", "7z"] }, "");
  assert.equal(reason, "needs par2, 7z: apt-get install p7zip-full par2");
});

Deno.test("several programs of one package give one package", () => {
  assert.equal(aptGetLine(["e2fsck", "tune2fs", "e2fsck"]), "apt-get install e2fsprogs");
  assert.equal(aptGetLine(["e2fsck", "no-such-program"]), undefined);
});

Deno.test(".ci/run installs every package that a test can ask for", async () => {
  const script = await Deno.readTextFile(new URL("../../../.ci/run", import.meta.url));
  const listed = /packages=\(([^)]*)\)/.exec(script)?.[1]?.split(/\s+/) ?? [];
  const missing = testPackages.filter((name) => name !== "npm" && !listed.includes(name));
  assert.deepEqual(missing, []);
});
