import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { testWith } from "../support/programs/requirements.ts";
import {
  assertNothingBuilt,
  assertNothingLeft,
  build,
  type Ended,
  icecore,
  inLab,
  type Lab,
  outputsOf,
  REAL,
} from "./lab.ts";

/** A public key, whose secret one is of no matter. */
const SOMEBODY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

const native = (lab: Lab, ...more: string[]): Promise<Ended> =>
  icecore(lab, ["build", "source", "-o", "out.img", ...more]);

const withAge = (lab: Lab, ...more: string[]): Promise<Ended> =>
  native(lab, "--use", "age", "--set", `age.recipients=${SOMEBODY}`, ...more);

/** Does right while it is tried on nothing, twice, and then what the script says. */
const onceTrusted = (script: string): string =>
  'n=$(cat "$LAB/count" 2>/dev/null || echo 0); echo $((n + 1)) > "$LAB/count"\n' +
  `[ "$n" -lt 2 ] && { real "$@"; exit; }\n${script}`;

/** What stands in the place of age once it is trusted, and what is said of it. */
const agePrograms: Readonly<Record<string, readonly [script: string, says: RegExp]>> = {
  "copies": ["cat", /it does not begin with age-encryption\.org\/v1/],
  "prints nothing": ["cat > /dev/null", /it is empty/],
  "prints nothing and reads nothing": ["exit 0", /it is empty|ended before it had read everything/],
  "stops within the header": ['real "$@" | head -c 100; cat > /dev/null', /ends within its header/],
  "stops behind the header": [
    'real "$@" | head -c 300; cat > /dev/null',
    /and it has \d+\. Reinstall/,
  ],
  "loses the last byte": [
    'real "$@" > "$LAB/x"; head -c -1 "$LAB/x"',
    /and it has \d+\. Reinstall/,
  ],
  "adds a byte": ['real "$@"; echo', /and it has \d+\. Reinstall/],
  "encrypts something else": ['real "$@" < "$0"; cat > /dev/null', /and it has \d+\. Reinstall/],
  "writes junk": ["head -c 400000 /dev/zero; cat > /dev/null", /it does not begin with/],
  "writes junk without end": ["cat /dev/zero", /it does not begin with/],
  "adds without end": ['real "$@"; cat /dev/zero', /and it has \d+\. Reinstall/],
  "begins as age does, and copies": [
    'printf "age-encryption.org/v1\\n-> X25519\\n--- x\\n"; cat',
    /its header is malformed/,
  ],
  "copies behind the header": ['real "$@" < /dev/null; cat', /and it has \d+\. Reinstall/],
};

for (const [what, [script, says]] of Object.entries(agePrograms)) {
  testWith(
    { programs: ["age"] },
    `an age that ${what} fails the build, and nothing stays`,
    async () => {
      await inLab(async (lab) => {
        writeFileSync(lab.at("source/noise"), randomBytes(300_000));
        lab.fake("age", onceTrusted(script));
        const { code, stderr } = await withAge(lab);
        assert.match(stderr, says);
        assert.match(stderr, /step age failed: cannot (rely on the program \/|pipe through age)/);
        assert.equal(code, 1);
        await assertNothingBuilt(lab);
      });
    },
  );
}

for (const flags of [[], ["--dry-run"], ["--set", "age.engine=program"]]) {
  testWith(
    { programs: ["age"] },
    `an age that lies from the start is refused before the first byte: ${flags.join(" ")}`,
    async () => {
      await inLab(async (lab) => {
        for (const script of ["cat", "exit 0", "head -c 1000 /dev/zero"]) {
          lab.fake("age", script);
          const { code, stderr } = await withAge(lab, ...flags);
          assert.match(stderr, /^icecore: cannot rely on the program \/.*age: what it made is not/);
          assert.equal(code, 1);
          await assertNothingBuilt(lab);
        }
        assert.equal((await withAge(lab, "--set", "age.engine=library")).code, 0);
      });
    },
  );
}

/** Where a far side would be, to which nothing goes that is not encrypted. */
const KEEPER = `#!/bin/sh
# icecore: {"after": "hash", "name": "keeper"}
cp "$ICECORE_PAYLOAD" "$LAB/kept"
`;

testWith({ programs: ["age"] }, "nothing that a lying age made is handed on", async () => {
  await inLab(async (lab) => {
    writeFileSync(lab.at("keeper.sh"), KEEPER, { mode: 0o755 });
    lab.fake("age", onceTrusted("cat"));
    assert.equal((await withAge(lab, "--use", "./keeper.sh")).code, 1);
    assert.ok(!readdirSync(lab.folder).includes("kept"));
    await assertNothingBuilt(lab);
  });
});

/** Finds the folder of the set, by the last argument but one. */
const SET = 'for each; do index=$last; last=$each; done; set="${index%/*}"; ';

/** What stands in the place of par2, and what is said of it. */
const par2Programs: Readonly<Record<string, readonly [script: string, says: RegExp]>> = {
  "does nothing": ["exit 0", /it made no files/],
  "writes eight bytes": [
    SET + 'printf 12345678 > "$index"',
    /out\.img\.par2 is not whole: no valid packet begins at byte 0/,
  ],
  "writes nothing into its files": [
    SET + ': > "$index"',
    /out\.img\.par2 is empty/,
  ],
  "makes no recovery data": [
    SET + 'real "$@"; rm "$set"/*.vol*',
    /it made 0 recovery blocks where \d+ are due/,
  ],
  "makes less than it should": [
    'shift 2; real create -r3 "$@"',
    /it made \d+ recovery blocks where \d+ are due/,
  ],
  "cuts its files": [
    SET + 'real "$@"; truncate -s -1 "$set"/*.vol*',
    /vol.*is not whole: no valid packet begins at byte/,
  ],
  "changes a byte": [
    SET + 'real "$@"; ' +
    'printf x | dd of="$(echo "$set"/*.vol*)" bs=1 seek=999 conv=notrunc status=none',
    /vol.*is not whole: no valid packet begins at byte/,
  ],
  "makes a file of another name": [
    SET + 'real "$@"; : > "$set/passwd"',
    /it made "passwd", which is not a file of a recovery set/,
  ],
  "makes a link": [
    SET + 'real "$@"; ln -s /etc/passwd "$set/out.img.vol1+1.par2"',
    /it made "out\.img\.vol1\+1\.par2", which is not a file/,
  ],
  "is about something else": [
    SET + 'mkdir "$LAB/e"; echo else > "$LAB/e/out.img"; ' +
    'real create -r10 -n1 "-B$LAB/e" -- "$index" "$LAB/e/out.img"',
    /its files are not about out\.img as it is/,
  ],
};

for (const [what, [script, says]] of Object.entries(par2Programs)) {
  testWith(
    { programs: ["par2"] },
    `a par2 that ${what} fails the build, and nothing stays`,
    async () => {
      await inLab(async (lab) => {
        lab.fake("par2", script);
        const { code, stderr } = await native(lab, "--use", "par2", "--set", "par2.blocks=50");
        assert.match(stderr, says);
        assert.match(
          stderr,
          /step par2 failed: cannot rely on the program par2: .*\. Reinstall it/,
        );
        assert.equal(code, 1);
        await assertNothingBuilt(lab);
      });
    },
  );
}

testWith({ programs: ["e2fsck"] }, "an e2fsck that says nothing is not believed", async () => {
  await inLab(async (lab) => {
    for (const script of ["exit 0", "echo all is well"]) {
      lab.fake("e2fsck", script);
      const { code, stderr } = await native(lab);
      assert.match(
        stderr,
        /step fsck failed: cannot rely on the program e2fsck: it ended well, and/,
      );
      assert.equal(code, 1);
      await assertNothingBuilt(lab);
    }
    assert.equal((await native(lab, "--set", "fsck.checker=own")).code, 0);
  });
});

for (const program of ["mkfs.ext4", "dumpe2fs", "mount", "umount", "resize2fs", "tune2fs"]) {
  testWith(REAL, `a ${program} that does nothing and ends well fails the build`, async () => {
    await inLab(async (lab) => {
      lab.fake(program, "exit 0");
      const { code, stderr } = await build(lab);
      assert.match(stderr, /^icecore: step \w+ failed: cannot /);
      assert.equal(code, 1);
      lab.fake(program, 'real "$@"');
      await assertNothingBuilt(lab);
    });
  });
}

Deno.test("an ssh that only says that it is ready has stored nothing", async () => {
  await inLab(async (lab) => {
    for (const args of ["", ' "$@"']) {
      lab.fake("ssh", `cat > /dev/null; echo "icecore: ready"; echo${args}`);
      const to = ["--use", "ssh", "--set", "ssh.to=far:vault"];
      const { code, stderr } = await native(lab, ...to);
      assert.match(
        stderr,
        /step ssh failed: cannot rely on the copy far:vault\/out\.img: the digest/,
      );
      assert.equal(code, 1);
      assert.deepEqual(outputsOf(lab), []);
      await assertNothingLeft(lab);
    }
  });
});
