import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import {
  type Event,
  type GivenOptions,
  type Image,
  pipeline,
  recipes,
  type Step,
} from "../../mod.ts";
import ssh from "../../plugins/ssh.ts";
import { parseAddress } from "../../plugins/ssh/address.ts";
import { rsyncArgv, sftpArgv, sftpBatch, sshArgv } from "../../plugins/ssh/argv.ts";
import { assertNothingBuilt, inLab, type Lab } from "../faults/lab.ts";
import { output } from "../support/oracles.ts";
import { testWith } from "../support/requirements.ts";
import { type FarOptions, replaceProgram, SSH, type SshLab, sshLab } from "./ssh_lab.ts";

interface Run {
  readonly lab: Lab;
  readonly far: SshLab;
  readonly events: Event[];
  build(options?: GivenOptions, more?: readonly Step[], signal?: AbortSignal): Promise<Image>;
}

/** Makes the steps behind it get a file instead of a stream. */
const still: Step = { name: "still", after: "hash", run: () => {} };
/** What the far side needs besides `rsync`. */
const POSIX = ["sh", "mkdir", "cat", "ln", "mv", "rm", "sync", "sha512sum"];
const WITH_RSYNC = [...POSIX, "rsync"];

async function withFar(options: FarOptions, body: (run: Run) => Promise<void>): Promise<void> {
  await inLab(async (lab) => {
    mkdirSync(lab.at("far"));
    await using far = await sshLab(lab, options);
    const events: Event[] = [];
    await body({
      lab,
      far,
      events,
      async build(given = {}, more = [], signal) {
        let backup = pipeline(recipes.native);
        for (const step of [...more, ssh]) backup = backup.use(step);
        const { image } = await backup.with("ssh", { ...far.options, retries: 3, ...given }).run({
          sources: [lab.source],
          output: lab.at("out.img"),
          force: true,
          emit: (event) => events.push(event),
          ...(signal === undefined ? {} : { signal }),
        });
        return image;
      },
    });
  });
}

/** A file that cannot be compressed on the way. */
function addLarge(lab: Lab, seed = 1): void {
  const bytes = new Uint8Array(6 * 2 ** 20);
  new Uint32Array(bytes.buffer).forEach((_, i, words) =>
    words[i] = Math.imul(i + seed, 2654435761)
  );
  writeFileSync(lab.at("source/large"), bytes);
}

const stored = (lab: Lab): string[] => readdirSync(lab.at("far")).sort();

function assertStored(lab: Lab): void {
  assert.deepEqual(stored(lab), ["out.img", "out.img.sha512"]);
  const image = readFileSync(lab.at("out.img"));
  assert.ok(image.equals(readFileSync(lab.at("far/out.img"))), "the image is there");
  const line = `${createHash("sha512").update(image).digest("hex")}  out.img\n`;
  assert.equal(readFileSync(lab.at("far/out.img.sha512"), "utf8"), line);
}

const programs = (events: readonly Event[]): string[] => [
  ...new Set(
    events.flatMap((event) =>
      event.type === "command" && event.step === "ssh" ? [event.argv[0]!] : []
    ),
  ),
];
const said = (events: readonly Event[]): string =>
  events.flatMap((event) => event.type === "message" ? [event.text] : []).join("\n");

Deno.test("addresses are a host and a folder, never an option", () => {
  const parsed = (text: string) => Object.values(parseAddress(text)).join(" ");
  assert.equal(parsed("vault:/srv/backup/"), "vault /srv/backup");
  assert.equal(parsed("me@vault:"), "me@vault .");
  assert.equal(parsed("vault:~/a b"), "vault a b");
  assert.equal(parsed("vault:-x"), "vault ./-x");
  assert.equal(parsed("me@[::1]:/srv"), "me@::1 /srv");
  for (const text of ["vault", "/srv/x", "-oProxyCommand=x:/srv", ":x", "a b:/x"]) {
    assert.throws(() => parseAddress(text), /Write ssh\.to as \[USER@\]HOST:FOLDER/, text);
  }
});

Deno.test("the argv of each program quotes for those who split it again", () => {
  const options = { port: 22, identityFile: "/k e", sshOptions: ["ProxyJump=gate"] };
  const to = { host: "me@::1", folder: "/it's" };
  const fixed = ["BatchMode=yes", "ConnectTimeout=20", "ServerAliveInterval=15"];
  const always = fixed.flatMap((option) => ["-o", option]);
  const given = ["-i", "/k e", "-p", "22", "-o", "ProxyJump=gate"];
  assert.deepEqual(sshArgv(options, to, ["cat", "/it's"]), [
    ...["ssh", ...always, ...given, "--", "me@::1"],
    `'sh' '-c' 'cat' 'sh' '/it'\\''s'`,
  ]);
  const rsync = rsyncArgv(options, to, "/a b", "/it's/x");
  assert.deepEqual(rsync.slice(-3), ["--", "/a b", "me@[::1]:/it's/x"]);
  assert.ok(rsync.includes(["ssh", ...always, ...given].map((word) => `'${word}'`).join(" ")));
  assert.deepEqual(sftpArgv(options, to).slice(-6), [
    ...["-P", "22", "-o", "ProxyJump=gate", "--", "me@[::1]"],
  ]);
  assert.equal(sftpBatch('/a "b"', "/c\\d"), 'reput "/a \\"b\\"" "/c\\\\d"\n');
});

const RSYNC = { programs: [...SSH.programs, "rsync"] };
testWith(RSYNC, "rsync copies where both sides have it", async () => {
  await withFar({ programs: WITH_RSYNC }, async ({ lab, events, build }) => {
    const image = await build({}, [still]);
    assertStored(lab);
    assert.ok(programs(events).includes("rsync"));
    const { url } = image.artifacts.find(({ kind }) => kind === "ssh")?.details ?? {};
    assert.match(String(url), /@127\.0\.0\.1:\/.*\/far\/out\.img$/);
  });
});

testWith(SSH, "sftp copies where the far side has no rsync", async () => {
  await withFar({ programs: POSIX }, async ({ lab, events, build }) => {
    await build({}, [still]);
    assertStored(lab);
    assert.deepEqual(programs(events).sort(), ["sftp", "ssh"]);
  });
});

testWith(SSH, "the image is copied while it is packed, and gets its name at the end", async () => {
  await withFar({ programs: POSIX }, async ({ lab, build }) => {
    addLarge(lab);
    const looked: string[] = [];
    const look: Step = {
      name: "look",
      after: "hash",
      passive: true,
      run: () => void looked.push(...stored(lab)),
    };
    await build({}, [look]);
    assert.match(looked.join(), /^out\.img\.[0-9a-f]{8}\.partial$/);
    assertStored(lab);
  });
});

testWith(RSYNC, "names with blanks, quotes and stars arrive as they are", async () => {
  for (const more of [[], [still]]) {
    await withFar({ programs: WITH_RSYNC }, async ({ lab, far, build }) => {
      const folder = `${lab.at("far")}/it's "a" *`;
      await build({ to: `${far.options["to"]}/it's "a" *` }, more);
      assert.deepEqual(readdirSync(folder).sort(), ["out.img", "out.img.sha512"]);
    });
  }
});

for (const [name, programs] of [["rsync", WITH_RSYNC], ["sftp", POSIX]] as const) {
  testWith(RSYNC, `a copy by ${name} that breaks goes on where it broke`, async () => {
    const cut = { afterBytes: 5_000_000, times: 1 };
    let most = 0;
    const onBytes = (bytes: number) => void (most = cut.times === 0 ? Math.max(most, bytes) : 0);
    await withFar(
      { cut, onBytes, ...(programs && { programs }) },
      async ({ lab, events, build }) => {
        addLarge(lab);
        await build({}, [still]);
        assertStored(lab);
        assert.match(said(events), /the copy goes on where it broke/);
        assert.ok(most < 6_000_000, `the rest was sent, not all: ${most}`);
      },
    );
  });
}

testWith(SSH, "a stream that breaks fails the build and leaves nothing there", async () => {
  await withFar(
    { cut: { afterBytes: 1_000_000, times: 1 }, programs: POSIX },
    async ({ lab, build }) => {
      addLarge(lab);
      await assert.rejects(
        build(),
        /cannot copy to .*out\.img: the connection failed: .*\. Check the/,
      );
      assert.deepEqual(stored(lab), []);
      await assertNothingBuilt(lab);
    },
  );
});

testWith(RSYNC, "Ctrl-C while copying leaves nothing, here and there", async () => {
  for (const more of [[], [still]]) {
    const controller = new AbortController();
    const onBytes = (bytes: number) => bytes > 1_000_000 && controller.abort();
    await withFar({ onBytes, programs: WITH_RSYNC }, async ({ lab, build }) => {
      addLarge(lab);
      await assert.rejects(build({}, more, controller.signal), { code: "interrupted" });
      assert.deepEqual(stored(lab), []);
      await assertNothingBuilt(lab);
    });
  }
});

testWith(RSYNC, "with resume, what a failed build has copied is continued", async () => {
  const cut = { afterBytes: 3_000_000, times: 1 };
  await withFar({ cut, programs: WITH_RSYNC }, async ({ lab, events, build }) => {
    addLarge(lab);
    await assert.rejects(build({ resume: true, retries: 0 }, [still]), /the connection failed/);
    assert.deepEqual(stored(lab), ["out.img.partial"]);
    assert.match(said(events), /out\.img\.partial is kept to be continued/);
    await build({ resume: true }, [still]);
    assertStored(lab);
    // The beginning of something longer is replaced.
    writeFileSync(lab.at("far/out.img.partial"), new Uint8Array(20_000_000));
    await build({ resume: true, overwrite: true }, [still]);
    assertStored(lab);
  });
});

testWith(SSH, "a file that is there already is not overwritten, but on request", async () => {
  for (const more of [[], [still]]) {
    await withFar({ programs: POSIX }, async ({ lab, build }) => {
      writeFileSync(lab.at("far/out.img"), "precious");
      await assert.rejects(
        build({}, more),
        /there is a file of that name already\. Choose another/,
      );
      assert.deepEqual(stored(lab), ["out.img"]);
      assert.equal(readFileSync(lab.at("far/out.img"), "utf8"), "precious");
      await build({ overwrite: true }, more);
      assertStored(lab);
    });
  }
});

testWith(SSH, "a file that appears during the copy is not overwritten", async () => {
  await withFar({ programs: POSIX }, async ({ lab, build }) => {
    const other: Step = {
      name: "other",
      after: "hash",
      passive: true,
      run: () => writeFileSync(lab.at("far/out.img"), "precious"),
    };
    await assert.rejects(build({}, [other]), /there is a file of that name already/);
    assert.deepEqual(stored(lab), ["out.img"]);
    assert.equal(readFileSync(lab.at("far/out.img"), "utf8"), "precious");
  });
});

testWith(SSH, "what arrives otherwise than it was sent gets no name", async () => {
  for (const more of [[], [still]]) {
    await withFar({ programs: POSIX }, async ({ lab, far, build }) => {
      await Deno.remove(`${far.bin}/sha512sum`);
      replaceProgram(far, "sha512sum", `cat > /dev/null; echo "${"0".repeat(128)}  -"`);
      await assert.rejects(build({}, more), /the digest there is another: it arrived otherwise/);
      assert.deepEqual(stored(lab), []);
      await assertNothingBuilt(lab);
    });
  }
});

testWith({ ...RSYNC, loop: true }, "a full disk on the far side is named", async () => {
  for (
    const [more, programs] of [[[], WITH_RSYNC], [[still], POSIX]] as const
  ) {
    await withFar({ programs }, async ({ lab, build }) => {
      addLarge(lab);
      output("mount", ["-t", "tmpfs", "-o", "size=1m", "icecore-test", lab.at("far")]);
      await assert.rejects(
        build({}, more),
        /its disk (is|may be) full\. Make room there/,
      );
      assert.deepEqual(stored(lab), []);
      await assertNothingBuilt(lab);
    });
  }
});

testWith(SSH, "what stands in the way is told before anything is made", async () => {
  await withFar({ programs: POSIX }, async ({ lab, far, build }) => {
    const options = far.options["sshOptions"] as readonly string[];
    const cases: readonly (readonly [GivenOptions, RegExp])[] = [
      [{ identityFile: lab.at("sshd/host") }, /it refuses the login: .* Check the user/],
      [
        { sshOptions: ["UserKnownHostsFile=/dev/null", ...options.slice(1)] },
        /its host key is not known, or has changed\. Log in once by hand/,
      ],
      [{ port: 1 }, /the connection failed: .*Connection refused/],
      [{ to: `${far.options["to"]}/../source/one` }, /the folder cannot be written to\. Choose/],
      [{ retries: -1 }, /expected a whole number from 0 to 20/],
    ];
    for (const [given, says] of cases) await assert.rejects(build(given), says);
    await Deno.remove(`${far.bin}/sha512sum`);
    await assert.rejects(build(), /neither sha512sum nor shasum, to check what arrived/);
    assert.ok(!existsSync(lab.at("out.img")));
    assert.deepEqual(stored(lab), []);
  });
});
