import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { assertNothingLeft, inLab, type Lab } from "../faults/lab.ts";
import { assertE2fsckClean, withMount } from "../support/programs/oracles.ts";
import { BOUND_BY_PERMISSIONS } from "../support/programs/privileges.ts";
import { testWith } from "../support/programs/requirements.ts";
import { addLargeFile, drive, driveWith } from "./drive.ts";

const NEEDS = { programs: ["e2fsck", "mount", "umount"], loop: true };
const CONTENT = "0123456789".repeat(1000);

/** What happens to a file between scanning and packing, and what is said of it. */
const changes: Readonly<Record<string, { script: string; says: RegExp }>> = {
  truncated: { script: ": > $f", says: /^changed: .*: it became shorter: .* from byte 0 on/ },
  shortened: { script: "truncate -s 5000 $f", says: /^changed: .* zeros from byte 5000 on/ },
  appended: { script: "echo more >> $f", says: /^changed: .*: it became longer: .* 10000 bytes/ },
  rewritten: { script: "echo x | dd of=$f conv=notrunc", says: /^changed: .*: it was written to/ },
  deleted: { script: "rm $f", says: /^vanished: .*: it is gone; the image holds zeros for it/ },
  folder: { script: "rm $f; mkdir $f", says: /^changed: .*: it became a folder/ },
  symlink: { script: "rm $f; ln -s /etc/passwd $f", says: /^changed: .* became a symbolic link/ },
  fifo: { script: "rm $f; mkfifo $f", says: /^changed: .*: it / },
};

function assertNamed(stderr: string, names: readonly string[]): void {
  for (const name of names) {
    const line = stderr.split("\n").find((each) => each.includes(`/source/${name}: `)) ?? "";
    assert.match(line, changes[name]!.says, `${name} is named in:\n${stderr}`);
  }
}

async function buildChanging(lab: Lab): Promise<{ code: number; stderr: string }> {
  for (const name of Object.keys(changes)) writeFileSync(lab.at(`source/${name}`), CONTENT);
  const script = Object.entries(changes)
    .map(([name, change]) => change.script.replaceAll("$f", name)).join("; ");
  return await drive(lab, "pack", `cd source; exec 2>/dev/null; ${script}`);
}

testWith(NEEDS, "files that change before they are packed are each named", async () => {
  await inLab(async (lab) => {
    const { code, stderr } = await buildChanging(lab);
    assert.equal(code, 3, stderr);
    assertNamed(stderr, Object.keys(changes));
    await assertNothingLeft(lab);
    assertE2fsckClean(lab.at("out.img"));
    await withMount(lab.at("out.img"), lab.folder, (mountpoint) => {
      const read = (name: string) => readFileSync(`${mountpoint}/source/${name}`, "latin1");
      for (const name of Object.keys(changes)) assert.equal(read(name).length, CONTENT.length);
      assert.equal(read("shortened"), CONTENT.slice(0, 5000).padEnd(CONTENT.length, "\0"));
      assert.equal(read("appended"), CONTENT);
      assert.equal(read("symlink"), "\0".repeat(CONTENT.length), "nothing foreign is read");
      assert.equal(read("inner/two"), "x".repeat(100_000), "the others are whole");
    });
  });
});

testWith(
  NEEDS,
  "a file that is cut while it is being packed is named, and the rest is zeros",
  async () => {
    await inLab(async (lab) => {
      addLargeFile(lab);
      const { code, stderr } = await drive(lab, "packing", "truncate -s 1000 source/large");
      assert.equal(code, 3, stderr);
      assert.match(
        stderr,
        /^changed: .*\/source\/large: it became shorter: the image holds zeros/m,
      );
      assertE2fsckClean(lab.at("out.img"));
    });
  },
);

testWith(NEEDS, "a folder that vanishes before it is packed costs its files only", async () => {
  await inLab(async (lab) => {
    const { code, stderr } = await drive(lab, "pack", "rm -r source/inner");
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^vanished: .*\/source\/inner\/two: it is gone/m);
    assertE2fsckClean(lab.at("out.img"));
  });
});

testWith(
  { ...NEEDS, programs: [...NEEDS.programs, "setpriv"], root: true },
  "a file whose permission is taken away is named",
  async () => {
    await inLab(async (lab) => {
      const script = "chown 1:1 source/one; chmod 0 source/one";
      const { code, stderr } = await driveWith(BOUND_BY_PERMISSIONS, lab, "pack", script);
      assert.equal(code, 3, stderr);
      assert.match(stderr, /^unreadable: .*\/source\/one: permission denied; .* zeros/m);
      assertE2fsckClean(lab.at("out.img"));
    });
  },
);
