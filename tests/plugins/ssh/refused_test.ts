import assert from "node:assert/strict";
import { existsSync, symlinkSync } from "node:fs";
import type { OptionValues } from "../../../pipeline/options.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { POSIX, SSH } from "./far_side.ts";
import { type Run, storedIn, withFar } from "./with_far.ts";

/** What is set otherwise than what leads to the far side, and what is said. */
const REFUSED: Readonly<Record<string, readonly [(run: Run) => OptionValues, RegExp]>> = {
  "a key that the far side does not know": [
    ({ lab }) => ({ identityFile: lab.at("sshd/host") }),
    /it refuses the login: .* Check the user/,
  ],
  "a host whose key is not known": [
    ({ far }) => {
      const [, ...options] = far.options["sshOptions"] as readonly string[];
      return { sshOptions: ["UserKnownHostsFile=/dev/null", ...options] };
    },
    /its host key is not known, or has changed\. Log in once by hand/,
  ],
  "a port on which nobody listens": [
    () => ({ port: 1 }),
    /the connection failed: .*Connection refused/,
  ],
  "a folder below a file": [
    ({ far }) => ({ to: `${far.options["to"]}/../source/one` }),
    /the folder cannot be written to\. Choose/,
  ],
  "a folder whose link leads nowhere": [
    ({ lab, far }) => {
      symlinkSync("nowhere", lab.at("away"));
      return { to: `${far.options["to"]}/../away` };
    },
    /the folder cannot be written to\. Choose/,
  ],
  "an option that ssh does not know": [
    ({ far }) => ({ sshOptions: [...far.options["sshOptions"] as string[], "NoSuchOption=yes"] }),
    /ssh does not take its options: .*[Bb]ad configuration option: nosuchoption\. Correct ssh\.ssh/,
  ],
  "an option with a value that ssh does not know": [
    ({ far }) => ({
      sshOptions: [...far.options["sshOptions"] as string[], "Compression=perhaps"],
    }),
    /ssh does not take its options: .*perhaps.*\. Correct ssh\.sshOptions/,
  ],
  "a key that is not there": [
    ({ lab }) => ({ identityFile: lab.at("nothing") }),
    /the key \S*nothing cannot be read: No such file or directory\. Correct ssh\.identityFile/,
  ],
  "a host without an address": [
    () => ({ to: "nobody.invalid:x" }),
    /Could not resolve hostname nobody\.invalid: .*\. Check ssh\.to/,
  ],
  "a number of tries below none": [
    () => ({ retries: -1 }),
    /expected a whole number from 0 to 20/,
  ],
};

async function assertRefused(run: Run, given: OptionValues, says: RegExp): Promise<void> {
  await assert.rejects(run.build(given), says);
  assert.ok(!existsSync(run.lab.image));
  assert.deepEqual(storedIn(run.lab), []);
}

for (const [what, [given, says]] of Object.entries(REFUSED)) {
  testWith(SSH, `${what} is reported before anything is made`, async () => {
    await withFar({ programs: POSIX }, (run) => assertRefused(run, given(run), says));
  });
}

testWith(
  SSH,
  "a far side that cannot make digests is reported before anything is made",
  async () => {
    const programs = POSIX.filter((name) => name !== "sha512sum");
    await withFar({ programs }, async (run) => {
      await assertRefused(run, {}, /neither sha512sum nor shasum, to check what arrived/);
    });
  },
);
