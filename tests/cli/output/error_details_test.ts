import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { errorDetails } from "../../../cli/output/error_details.ts";
import { CorruptImageError } from "../../../read.ts";
import { buildSmallImage } from "../../support/images/small_image.ts";
import { icecore } from "../../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

const BUNDLED = "    at #a (/$bunfs/root/main-bc8ghqny.js:30:5091)";
const OWN = "    at run (/home/user/step.ts:12:3)";

Deno.test("details are code, fields, causes and frames of readable source", () => {
  const cause = Object.assign(new Error("no such file"), { code: "ENOENT", stack: BUNDLED });
  const error = new CorruptImageError("inode-size", "ext4_inode", "cannot read it", { inode: 12 }, {
    cause,
  });
  error.stack = `CorruptImageError: cannot read it\n${BUNDLED}\n${OWN}`;
  assert.deepEqual(errorDetails(error, false), [
    "  CorruptImageError (code inode-size, inode 12)",
    OWN,
    "  because of Error: no such file (code ENOENT)",
  ]);
});

Deno.test("of a fault of icecore itself every frame is reported, and causes in a circle end", () => {
  const error = new Error("oops");
  error.stack = `Error: oops\n${BUNDLED}`;
  error.cause = error;
  assert.deepEqual(errorDetails(error, true), ["  Error", BUNDLED]);
});

Deno.test("verify --verbose says what was verified, and details of what was not", () =>
  inTemporaryFolder(async (folder) => {
    const image = await buildSmallImage(folder);
    const sound = await icecore(["verify", "--verbose", image]);
    assert.match(sound.stderr, /^digest: sha512 [0-9a-f]{128}, as .*\.sha512 says$/m);
    assert.match(sound.stderr, /^structure: \d+ inodes, every checksum and reference$/m);
    const bytes = readFileSync(image);
    bytes[1024 + 0x78]! ^= 1;
    writeFileSync(image, bytes);
    const broken = await icecore(["verify", "--verbose", image]);
    assert.match(broken.stderr, /^ {2}VerificationError \(code verification-failed\)$/m);
    assert.equal(broken.stderr.match(/cannot trust/g)?.length, 1, "the message is there once");
  }));
