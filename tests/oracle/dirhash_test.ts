import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirHash, type HashVersion } from "../../ext4/dirhash.ts";
import { findProgram, testWith } from "../support/programs/requirements.ts";

const SEED_UUID = "01020304-0506-0708-090a-0b0c0d0e0f10";
const SEED_WORDS = [0x0403_0201, 0x0807_0605, 0x0c0b_0a09, 0x100f_0e0d];
/** debugfs has names for the signed versions only. */
const VERSIONS: readonly [string, HashVersion][] = [
  ["legacy", 0],
  ["half_md4", 1],
  ["tea", 2],
  ["3", 3],
  ["4", 4],
  ["5", 5],
];
const NAMES = [
  "a",
  "abc",
  "abcd",
  "0123456789abcdef",
  "ä",
  "naïve-ÿ-name",
  "x".repeat(32),
  "é".repeat(50),
  "y".repeat(255),
];

for (const [label, version] of VERSIONS) {
  testWith(
    { programs: ["debugfs"] },
    `debugfs computes the same hashes of version ${label}`,
    () => {
      for (const name of NAMES) {
        const command = `dx_hash -h ${label} -s ${SEED_UUID} ${name}`;
        const printed = execFileSync(findProgram("debugfs")!, ["-R", command], {
          encoding: "utf8",
          stdio: "pipe",
        });
        const [, major, minor] = /is 0x([0-9a-f]+) \(minor 0x([0-9a-f]+)\)/.exec(printed)!;
        const ours = dirHash(new TextEncoder().encode(name), version, SEED_WORDS);
        assert.deepEqual(ours, { major: parseInt(major!, 16), minor: parseInt(minor!, 16) }, name);
      }
    },
  );
}
