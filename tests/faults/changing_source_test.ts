import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { assertE2fsckClean, output, withMount } from "../support/programs/oracles.ts";
import { BOUND_BY_PERMISSIONS } from "../support/programs/privileges.ts";
import { testWith } from "../support/programs/requirements.ts";
import {
  assertNothingBuilt,
  assertNothingLeft,
  build,
  buildArgs,
  type Ended,
  ended,
  icecoreArgv,
  inLab,
  type Lab,
  REAL,
  start,
} from "./lab.ts";

/** Builds while files of the source change between being scanned and being copied. */
async function buildWhile(lab: Lab, script: string, more: readonly string[] = []): Promise<Ended> {
  lab.fake("mkfs.ext4", `cd "$LAB/source"; ${script}; real "$@"`);
  return await build(lab, more);
}

const CONTENT = "0123456789".repeat(1000);

/** What happens to a file, and what is said of it. */
const changes: Readonly<Record<string, { script: string; says: RegExp }>> = {
  truncated: { script: ": > $f", says: /changed: .*: it became shorter: .* zeros from byte 0 on/ },
  shortened: {
    script: "truncate -s 5000 $f",
    says: /changed: .*: it became shorter: the image holds zeros from byte 5000 on/,
  },
  appended: {
    script: "echo more >> $f",
    says: /changed: .*: it became longer: .* first 10000 bytes/,
  },
  rewritten: {
    script: "printf x | dd of=$f conv=notrunc status=none",
    says: /changed: .*: it was written to: the image may hold parts of old and new content/,
  },
  deleted: { script: "rm $f", says: /vanished: .*: it is gone; the image holds zeros for it/ },
  folder: {
    script: "rm $f; mkdir $f",
    says: /changed: .*: it (became a folder|is not a regular file)/,
  },
  symlink: {
    script: "rm $f; ln -s /etc/passwd $f",
    says: /changed: .*: it became a symbolic link/,
  },
  fifo: { script: "rm $f; mkfifo $f", says: /changed: .*: it / },
};

testWith(
  REAL,
  "files that change while being copied are each named, with exit code 3",
  async () => {
    await inLab(async (lab) => {
      for (const name of Object.keys(changes)) writeFileSync(lab.at(`source/${name}`), CONTENT);
      const script = Object.entries(changes)
        .map(([name, change]) => change.script.replaceAll("$f", name)).join("; ");
      const { code, stderr, stdout } = await buildWhile(lab, script);
      assert.equal(code, 3, stderr);
      assert.match(stdout, /^[0-9a-f]{128} {2}out\.img\n$/);
      for (const [name, { says }] of Object.entries(changes)) {
        const line = stderr.split("\n").find((each) => each.includes(`/source/${name}: `));
        assert.match(line ?? "", says, `${name} is named`);
      }
      assert.equal(stderr.match(/^icecore: /gm)?.length, Object.keys(changes).length, stderr);
      await assertNothingLeft(lab);
      assertE2fsckClean(lab.at("out.img"));
      await withMount(lab.at("out.img"), lab.folder, (mountpoint) => {
        for (const name of Object.keys(changes)) {
          assert.equal(readFileSync(`${mountpoint}/source/${name}`).length, CONTENT.length, name);
        }
        const shortened = readFileSync(`${mountpoint}/source/shortened`, "latin1");
        assert.equal(shortened, CONTENT.slice(0, 5000).padEnd(CONTENT.length, "\0"));
        const untouched = readFileSync(`${mountpoint}/source/inner/two`, "latin1");
        assert.equal(untouched, "x".repeat(100_000));
      });
    });
  },
);

testWith(REAL, "a folder that vanished while being copied is named file by file", async () => {
  await inLab(async (lab) => {
    const { code, stderr } = await buildWhile(lab, "rm -r inner");
    assert.equal(code, 3, stderr);
    assert.match(stderr, /vanished: .*\/source\/inner\/two: it is gone; the image holds zeros/);
    await assertNothingLeft(lab);
  });
});

testWith(REAL, "with --strict a changing source leaves no image", async () => {
  await inLab(async (lab) => {
    const { code, stderr } = await buildWhile(lab, "echo more >> one; rm inner/two", ["--strict"]);
    assert.match(
      stderr,
      /cannot store everything: .* \(and 1 more\)\. A strict build leaves no image; build again when/,
    );
    assert.equal(code, 1);
    await assertNothingBuilt(lab);
  });
});

testWith(
  { ...REAL, programs: [...REAL.programs!, "setpriv"] },
  "a file that not even root may read is named, with exit code 3",
  async () => {
    await inLab(async (lab) => {
      writeFileSync(lab.at("source/secret"), "secret");
      output("chown", ["1234:1234", lab.at("source/secret")]);
      output("chmod", ["600", lab.at("source/secret")]);
      const { code, stderr } = await ended(
        start(lab, [...BOUND_BY_PERMISSIONS, ...icecoreArgv(buildArgs())]),
      );
      assert.equal(code, 3, stderr);
      assert.match(stderr, /unreadable: .*\/source\/secret: permission denied; /);
      await assertNothingLeft(lab);
    });
  },
);

testWith(REAL, "a socket is skipped and named, a FIFO and a device are stored", async () => {
  await inLab(async (lab) => {
    output("mknod", [lab.at("source/pipe"), "p"]);
    output("mknod", [lab.at("source/null"), "c", "1", "3"]);
    using _listener = Deno.listen({ transport: "unix", path: lab.at("source/socket") });
    const { code, stderr } = await build(lab);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /skipped: .*\/source\/socket: /);
    await withMount(lab.at("out.img"), lab.folder, (mountpoint) => {
      assert.equal(existsSync(`${mountpoint}/source/socket`), false);
      assert.equal(
        output("stat", ["-c%F %t:%T", `${mountpoint}/source/null`]),
        "character special file 1:3\n",
      );
      assert.equal(output("stat", ["-c%F", `${mountpoint}/source/pipe`]), "fifo\n");
    });
  });
});

testWith(REAL, "every problem is named, however many there are", async () => {
  await inLab(async (lab) => {
    mkdirSync(lab.at("source/many"));
    for (let i = 0; i < 30; i++) writeFileSync(lab.at(`source/many/${i}`), "x");
    const { code, stderr } = await buildWhile(lab, "rm -r many");
    assert.equal(code, 3);
    assert.equal(stderr.match(/vanished/g)?.length, 30);
  });
});
