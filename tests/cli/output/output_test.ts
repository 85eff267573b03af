// deno-lint-ignore-file no-control-regex -- escape sequences are what is looked for
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { build, icecore, icecoreArgv, inLab, REAL } from "../../faults/lab.ts";
import { testWith } from "../../support/programs/requirements.ts";

const STEPS = "scan allocate format grow mount copy unmount fsck shrink readonly hash".split(" ");

testWith(REAL, "a build prints its digest on stdout and a table on stderr", async () => {
  await inLab(async (lab) => {
    const { code, stdout, stderr } = await build(lab);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^[0-9a-f]{128} {2}out\.img\n$/);
    const lines = stderr.split("\n");
    assert.deepEqual(lines.slice(0, STEPS.length).map((line) => line.split(" ")[0]), STEPS);
    assert.match(stderr, /\nsource +97\.7 KiB in 2 files, 3 folders\n/);
    assert.match(stderr, /\nimage +\/.*\/out\.img, \d+ KiB, \d\.\d+ × the source\n/);
    assert.match(stderr, new RegExp(`\nsha512 +${stdout.slice(0, 128)}\ntime +\\S`));
    assert.doesNotMatch(stderr, /[\x1b\r]/, "nothing is drawn into a pipe");
  });
});

testWith(REAL, "--quiet prints the digest alone, --verbose each program", async () => {
  await inLab(async (lab) => {
    const quiet = await build(lab, ["--quiet"]);
    assert.deepEqual([quiet.code, quiet.stderr], [0, ""]);
    assert.match(quiet.stdout, /^[0-9a-f]{128} {2}out\.img\n$/);
    const verbose = await build(lab, ["--verbose", "--force"]);
    assert.match(verbose.stderr, /^ {2}\$ mkfs\.ext4 -F -q .*\nformat: \d+\.\d\d s$/m);
  });
});

testWith(REAL, "--json prints events alone, one a line", async () => {
  await inLab(async (lab) => {
    const { code, stdout, stderr } = await build(lab, ["--json"]);
    assert.deepEqual([code, stderr], [0, ""]);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(events[0], {
      type: "build-started",
      steps: STEPS,
      sources: [lab.source],
      output: lab.at("out.img"),
    });
    const started = events.filter(({ type }) => type === "step-started");
    assert.deepEqual(started.map(({ step }) => step), STEPS);
    const last = events.at(-1);
    assert.equal(last.type, "build-finished");
    assert.equal(last.image.path, lab.at("out.img"));
    assert.equal(last.image.report.countFiles, 2);
    assert.match(last.image.digests.sha512, /^[0-9a-f]{128}$/);
    const types = new Set(events.map(({ type }) => type));
    for (const type of ["progress", "command", "step-finished"]) assert.ok(types.has(type), type);
  });
});

testWith(REAL, "--json prints a failure as events, too", async () => {
  await inLab(async (lab) => {
    lab.fake("tune2fs", "exit 9");
    const { code, stdout } = await build(lab, ["--json"]);
    assert.equal(code, 1);
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const failed = events.find(({ type }) => type === "build-failed");
    assert.equal(failed.step, "readonly");
    assert.equal(failed.code, "step-failed");
    assert.match(failed.message, /step readonly failed: cannot run tune2fs/);
    const bad = await icecore(lab, ["build", "source", "--without", "nothing", "--json"]);
    assert.equal(JSON.parse(bad.stdout.trimEnd().split("\n").at(-1)!).code, "unknown-step");
  });
});

testWith(REAL, "--dry-run prints the plan and writes nothing", async () => {
  await inLab(async (lab) => {
    const { code, stdout, stderr } = await build(lab, ["--dry-run"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^Would build \/.*\/out\.img from \/.*\/source:\nscan .*\n +files: 2\n/);
    const { stdout: json } = await build(lab, ["--dry-run", "--json"]);
    assert.deepEqual(JSON.parse(json).steps.map(({ name }: { name: string }) => name), STEPS);
    assert.deepEqual([...Deno.readDirSync(lab.folder)].map(({ name }) => name).sort(), [
      "bin",
      "source",
      "tmp",
    ]);
    assert.deepEqual([...Deno.readDirSync(lab.temporary)], []);
  });
});

/** Runs a build on a terminal of its own; what is drawn comes back as it is. */
function onTerminal(argv: readonly string[], env: Record<string, string>, cwd: string): string {
  const quoted = argv.map((part) => `'${part}'`).join(" ");
  const { status, stdout } = spawnSync(
    "script",
    ["--quiet", "--return", "--command", quoted, "/dev/null"],
    { env: { ...env, TERM: "xterm", COLUMNS: "80" }, cwd, encoding: "latin1" },
  );
  assert.equal(status, 0, stdout);
  return stdout;
}

/** Shows that it is half done, when it is sure that this is drawn. */
const HALF_DONE = `export default {
  name: "half-done",
  async run(_image, { emit }) {
    await new Promise((done) => setTimeout(done, 150));
    emit({ type: "progress", done: 1024, total: 2048, unit: "bytes" });
  },
};
`;

testWith(
  { programs: ["script"] },
  "on a terminal a line of progress is drawn, and taken away",
  async () => {
    await inLab((lab) => {
      writeFileSync(lab.at("half-done.ts"), HALF_DONE);
      const env = Deno.env.toObject();
      const build = ["build", "source", "-o", "out.img", "--force", "--use", "./half-done.ts"];
      // A child gets the variables of the tests as well: those that count are taken away by env.
      const bare = ["env", "-u", "CI", "-u", "NO_COLOR"];
      const argv = [...bare, ...icecoreArgv(build)];
      const drawn = onTerminal(argv, { ...env, ...lab.env }, lab.folder);
      assert.match(drawn, /\r\x1b\[K\x1b\[36m\[2\/5\] pack/);
      assert.match(drawn, /half-done {2}\[(#+)-+\] +50 % {2}1\.00 KiB of 2\.00 KiB/);
      const afterLast = drawn.slice(drawn.lastIndexOf("\x1b[36m"));
      assert.match(afterLast, /\x1b\[0m\r\x1b\[Kscan /, "the table begins on a clean line");
      for (const [name, value] of [["NO_COLOR", "1"], ["CI", "true"], ["TERM", "dumb"]] as const) {
        const plainArgv = [...bare, `${name}=${value}`, ...icecoreArgv(build)];
        const plain = onTerminal(plainArgv, { ...env, ...lab.env }, lab.folder);
        assert.doesNotMatch(plain, /\x1b\[36m/, `no colour with ${name}`);
        if (name !== "NO_COLOR") assert.doesNotMatch(plain, /\x1b/, `nothing drawn with ${name}`);
      }
    });
  },
);

const shells: Readonly<Record<string, readonly string[]>> = {
  bash: ["bash", "-n"],
  zsh: ["zsh", "-n"],
  fish: ["fish", "--no-execute"],
};

for (const [shell, check] of Object.entries(shells)) {
  testWith({ programs: [check[0]!] }, `the completions for ${shell} are valid`, async () => {
    await inLab(async (lab) => {
      const { code, stdout } = await icecore(lab, ["completion", shell]);
      assert.equal(code, 0);
      writeFileSync(lab.at("completions"), stdout);
      const { status, stderr } = spawnSync(check[0]!, [...check.slice(1), lab.at("completions")], {
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
    });
  });
}

testWith({ programs: ["bash"] }, "bash completes commands and flags", async () => {
  await inLab(async (lab) => {
    const commands = await icecore(lab, ["completion", "bash", "bui"]);
    assert.match(commands.stdout, /^build$/m);
    const flags = await icecore(lab, ["completion", "bash", "build", "--reci"]);
    assert.match(flags.stdout, /--recipe/);
  });
});

Deno.test("a reader that goes away is not a failure", async () => {
  await inLab((lab) => {
    const quoted = icecoreArgv(["steps", "--verbose"]).map((part) => `'${part}'`).join(" ");
    const { stderr } = spawnSync("sh", ["-c", `${quoted} | head -n 1`], {
      env: { ...Deno.env.toObject(), ...lab.env },
      encoding: "utf8",
    });
    assert.equal(stderr, "");
  });
});

testWith(
  { programs: ["script"] },
  "help on a terminal has colours, and none with --no-color",
  async () => {
    await inLab((lab) => {
      const env = { ...Deno.env.toObject(), ...lab.env };
      const shown = (...args: string[]) =>
        onTerminal(["env", "-u", "CI", "-u", "NO_COLOR", ...icecoreArgv(args)], env, lab.folder);
      assert.match(shown("build", "--help"), /\x1b\[/);
      assert.doesNotMatch(shown("build", "--help", "--no-color"), /\x1b\[/);
      assert.doesNotMatch(shown("build", "--no-color", "--help"), /\x1b\[/);
    });
  },
);
