import assert from "node:assert/strict";
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkImage } from "../../ext4/checker/check_image.ts";
import { bytesSource } from "../../ext4/reader/bytes/block_source.ts";
import { COMMIT_HEADER, JOURNAL_BLOCK, JOURNAL_MAGIC } from "../../ext4/structs/journal.ts";
import { output, run } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const PROGRAMS = { programs: ["mkfs.ext4", "debugfs", "e2fsck"] };
const BLOCK_BYTES = 1024;

testWith(
  PROGRAMS,
  "a journal that is damaged before whole transactions is a warning",
  () =>
    inTemporaryFolder(async (folder) => {
      const image = imageWithTransactions(folder);
      damageCommit(image, 1);
      const verified = await icecore(["verify", "--no-digest", image]);
      assert.equal(verified.code, 0, verified.stderr);
      assert.match(
        verified.stderr,
        /warning: the journal of .* is damaged at transaction 1: that and 2 whole transactions behind/,
      );
      const { stdout } = await icecore(["verify", "--no-digest", "--json", image]);
      assert.deepEqual(JSON.parse(stdout).dropped, { sequence: 1, countFollowing: 2 });

      // e2fsck says so only when it may replay.
      const replayed = `${image}.replayed`;
      copyFileSync(image, replayed);
      const { stdout: text } = run("e2fsck", ["-fy", replayed]);
      assert.match(new TextDecoder().decode(text), /transaction 1 was corrupt, replay was aborted/);
    }),
);

testWith(
  PROGRAMS,
  "a last transaction that was not written to its end is not a warning",
  () =>
    inTemporaryFolder(async (folder) => {
      const image = imageWithTransactions(folder);
      damageCommit(image, 3);
      const report = await checkImage(bytesSource(new Uint8Array(readFileSync(image))));
      assert.deepEqual([report.wasReplayed, report.dropped, report.findings], [
        true,
        undefined,
        [],
      ]);
    }),
);

/** An image whose journal holds three transactions, of a block each. */
function imageWithTransactions(folder: string): string {
  const at = (name: string) => join(folder, name);
  writeFileSync(at("image"), "");
  truncateSync(at("image"), 6 << 20);
  output("mkfs.ext4", ["-q", "-F", "-b", `${BLOCK_BYTES}`, "-J", "size=1", at("image")]);
  writeFileSync(at("block"), new Uint8Array(BLOCK_BYTES).fill(7));
  const writes = [5001, 5002, 5003].map((block) => `jw -b ${block} ${at("block")}`);
  writeFileSync(at("commands"), ["jo -c", ...writes, "jc", ""].join("\n"));
  output("debugfs", ["-w", "-f", at("commands"), at("image")]);
  return at("image");
}

/** Makes the checksum of a transaction's commit block another. */
function damageCommit(path: string, sequence: number): void {
  const bytes = readFileSync(path);
  let countFound = 0;
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const { h_magic, h_blocktype, h_sequence } = COMMIT_HEADER.decode(bytes, at);
    const isCommit = h_magic === JOURNAL_MAGIC && h_blocktype === JOURNAL_BLOCK.commit;
    if (!isCommit || h_sequence !== sequence) continue;
    bytes[at + COMMIT_HEADER.offsets.h_chksum]! ^= 1;
    countFound++;
  }
  assert.equal(countFound, 1);
  writeFileSync(path, bytes);
}
