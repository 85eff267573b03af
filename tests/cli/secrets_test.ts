import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type Ended, ended, icecore, icecoreArgv, inLab, type Lab, start } from "../faults/lab.ts";
import { put } from "../loading/attempt.ts";
import { testWith } from "../support/programs/requirements.ts";

const SECRET = "correct horse battery";

/** A script that shows its secret wherever it can. */
const leaky = (end: string, required = false) =>
  `#!/bin/sh
# icecore: {"name": "vault", "options": {"key": {"type": "string", "help": "the key", "secret": true, "required": ${required}}}}
printf %s "$ICECORE_OPT_KEY" > "$LAB/got"
echo "key: $ICECORE_OPT_KEY" >&2
echo '{"type":"message","level":"info","text":"with '"$ICECORE_OPT_KEY"'"}'
echo '{"type":"command","argv":["curl","'"$ICECORE_OPT_KEY"'"]}'
${end}
`;

/** Another step's child, which writes down its environment. */
const other = `#!/bin/sh\nenv > "$LAB/env"\n`;

const run = (lab: Lab, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  icecore(
    lab,
    ["build", "source", "-o", "out.img", "--without", "fsck", "--use", "./vault.sh", ...args],
    { env },
  );

function assertUnseen({ stdout, stderr }: Ended): void {
  const all = stdout + stderr;
  assert.ok(!all.includes(SECRET), all);
  assert.ok(!all.includes(encodeURIComponent(SECRET)), all);
}

const ways: readonly (readonly [what: string, env: Readonly<Record<string, string>>])[] = [
  ["the environment", { ICECORE_VAULT_KEY: SECRET }],
  ["a file", { ICECORE_VAULT_KEY_FILE: "key.txt" }],
];
const outputs = [["--verbose"], ["--json"], ["--json", "--verbose"], []];

for (const [what, env] of ways) {
  Deno.test(`a secret from ${what} reaches its step alone, and is shown nowhere`, async () => {
    await inLab(async (lab) => {
      put(lab, "vault.sh", leaky(""));
      put(lab, "other.sh", other);
      put(lab, "key.txt", `${SECRET}\n`);
      const done = await run(lab, ["--verbose", "--use", "./other.sh"], env);
      assert.equal(done.code, 0, done.stderr);
      assert.match(done.stderr, /key: \*\*\*/);
      assertUnseen(done);
      assert.equal(readFileSync(lab.at("got"), "utf8"), SECRET);
      const seen = readFileSync(lab.at("env"), "utf8");
      assert.ok(!seen.includes(SECRET) && !seen.includes("ICECORE_VAULT"), seen);
      const inFiles = readdirSync(lab.folder).filter((name) => name.startsWith("out"))
        .some((name) => readFileSync(lab.at(name), "latin1").includes(SECRET));
      assert.ok(!inFiles);
    });
  });
}

Deno.test("a secret is shown in no output of a build that fails, nor in a dry run", async (t) => {
  await inLab(async (lab) => {
    put(
      lab,
      "vault.sh",
      leaky(`echo "denied: $ICECORE_OPT_KEY" >&2; echo "$ICECORE_OPT_KEY"; exit 1`),
    );
    for (const flags of [...outputs, ["--dry-run"], ["--dry-run", "--json"]]) {
      await t.step(flags.join(" ") || "plainly", async () => {
        const done = await run(lab, flags, { ICECORE_VAULT_KEY: SECRET });
        assert.equal(done.code, flags.includes("--dry-run") ? 0 : 1, done.stderr);
        assertUnseen(done);
      });
    }
  });
});

const refused: readonly (readonly [
  what: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  code: number,
  says: RegExp,
])[] = [
  [
    "on the command line",
    ["--set", `vault.key=${SECRET}`],
    {},
    2,
    /cannot take vault\.key from the command line: it is a secret, .*ICECORE_VAULT_KEY, .*_FILE, /,
  ],
  [
    "mistyped there",
    ["--set", `vault.key:${SECRET}`],
    {},
    2,
    /cannot use --set vault\.key…: it is/,
  ],
  [
    "both ways",
    [],
    { ICECORE_VAULT_KEY: SECRET, ICECORE_VAULT_KEY_FILE: "key.txt" },
    2,
    /cannot choose between ICECORE_VAULT_KEY and ICECORE_VAULT_KEY_FILE: both are set/,
  ],
  [
    "in a file that is not there",
    [],
    { ICECORE_VAULT_KEY_FILE: "gone" },
    1,
    /cannot read gone, which ICECORE_VAULT_KEY_FILE names: no such file or directory\. Correct/,
  ],
  ["not at all", [], {}, 2, /it needs the option key \(the key\)\. It is a secret: put it into/],
  [
    "with nobody to ask",
    ["--set", "vault.key"],
    {},
    2,
    /cannot ask for vault\.key: this is not a term/,
  ],
  [
    "to ask for that is none",
    ["--set", "vault.timeout"],
    {},
    2,
    /cannot ask for vault\.timeout: that option is not a secret\. Give it a value/,
  ],
];

Deno.test("secrets that do not come as they should are refused", async (t) => {
  await inLab(async (lab) => {
    put(lab, "vault.sh", leaky("", true));
    for (const [what, args, env, code, says] of refused) {
      await t.step(what, async () => {
        const done = await run(lab, args, env);
        assert.match(done.stderr, says);
        assert.equal(done.code, code);
        assertUnseen(done);
        assert.ok(!existsSync(lab.at("got")));
      });
    }
  });
});

testWith(
  { programs: ["script"] },
  "a required secret is asked for on a terminal, without an echo",
  async () => {
    await inLab(async (lab) => {
      put(lab, "vault.sh", leaky("", true));
      const argv = icecoreArgv(["build", "source", "-o", "out.img", "--use", "./vault.sh", "-v"]);
      const line = argv.map((word) => `'${word}'`).join(" ");
      // The answer comes when it is asked for, with a mistake that is taken back; the line stays
      // open until the step has it.
      const until = (command: string) =>
        `for i in $(seq 600); do ${command} && break; sleep 0.05; done`;
      const typing = `${until("grep -q 'vault.key (the key)' typescript 2>/dev/null")}
        printf '${SECRET}xé\\177\\177\\r'; ${until("test -e got")}`;
      const text = `(${typing}) | script -qefc "${line}" typescript`;
      const child = start(lab, ["sh", "-c", text], { env: { TERM: "xterm", CI: "1" } });
      const done = await ended(child);
      const shown = readFileSync(lab.at("typescript"), "utf8");
      assert.match(shown, /vault\.key \(the key\): /);
      assert.equal(readFileSync(lab.at("got"), "utf8"), SECRET, shown + done.stderr);
      assert.ok(!shown.includes("horse"), shown);
      assertUnseen(done);
    });
  },
);
