import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { withJob } from "../../../cli/settings/job_values.ts";
import { settingsText } from "../../../cli/settings/print_settings.ts";
import { jobNamed, readSettings, settingsPlaces } from "../../../cli/settings/settings.ts";
import { pipeline, recipes } from "../../../mod.ts";
import { setEnvironment } from "../../support/programs/environment.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** The settings of a file. */
function withSettings(
  text: string,
  use: (file: string, folder: string) => Promise<void>,
): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    const file = `${folder}/icecore.toml`;
    writeFileSync(file, text, { mode: 0o600 });
    await use(file, folder);
  });
}

Deno.test("the machine's settings come first, the user's on top, and a job's over the defaults", () =>
  withSettings(
    '[defaults]\nkeep = { last = 2 }\nstrict = true\n[job.srv]\nsources = ["/srv"]\nto = "/b"\n',
    async (machine, folder) => {
      const user = `${folder}/user.toml`;
      writeFileSync(user, '[job.srv]\nto = "/c"\n\n[job.home]\nstrict = false\n', { mode: 0o600 });
      const settings = await readSettings(undefined, [machine, `${folder}/missing.toml`, user]);
      assert.deepEqual(settings.files, [machine, user]);
      assert.equal(
        settingsText(jobNamed(settings, "srv")),
        [
          "[job.srv]",
          `keep = { last = 2 }  # ${machine}, line 2`,
          `strict = true        # ${machine}, line 3`,
          `sources = ["/srv"]   # ${machine}, line 5`,
          `to = "/c"            # ${user}, line 2`,
        ].join("\n"),
      );
      assert.equal(jobNamed(settings, "home").job.strict, false);
      assert.throws(() => jobNamed(settings, "sv"), /Did you mean srv\?/);
    },
  ));

Deno.test("settings are looked for in /etc and in the user's own folder", () => {
  const places = settingsPlaces({ XDG_CONFIG_HOME: "/x" });
  assert.deepEqual(places, ["/etc/icecore.toml", "/x/icecore/config.toml"]);
  assert.match(settingsPlaces({})[1]!, /\/\.config\/icecore\/config\.toml$/);
});

const mistakes: readonly (readonly [text: string, message: RegExp])[] = [
  [
    "[job.srv]\nkep = { last = 3 }\n",
    /line 2, job\.srv\.kep: "kep" is unknown\. Did you mean keep/,
  ],
  ["[job.srv]\n\nkeep = { dayly = 3 }\n", /line 3, job\.srv\.keep\.dayly: .* Did you mean daily/],
  ["[job.srv]\nkeep.last = 0\n", /line 2, job\.srv\.keep\.last: expected/],
  ['[job.srv]\nsources = "/srv"\n', /line 2, job\.srv\.sources: expected .*not "\/srv"/],
  ["[job.srv]\noptions.pack.labl = 1", /line 2, job\.srv\.options\.pack\.labl: .*mean label/],
  ["[jobs.srv]\n", /line 1, jobs: "jobs" is unknown\. Did you mean job/],
  ['[job.srv]\nsnapshot = "btrf"\n', /line 2, job\.srv\.snapshot: .* Did you mean btrfs/],
  ["[job.srv]\nto = /b\n", /line 2, column \d+: /],
  ['[[job.srv.use]]\nstep = "age"\n[[job.srv.use]]\nstp = 1\n', /line 4, job\.srv\.use\[1\]\.stp/],
];

Deno.test("a mistake is reported with its line, and the nearest right name", async () => {
  for (const [text, message] of mistakes) {
    await withSettings(text, async (file) => {
      await assert.rejects(readSettings(file), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(`cannot use the settings ${file}, line`));
        return true;
      });
    });
  }
});

Deno.test("what is wrong with a step is reported with its line as well", async () => {
  const wrong: readonly (readonly [text: string, message: RegExp])[] = [
    ['use = [{ step = "zst" }]', /line 2, job\.srv\.use\[0\]\.step: .*Did you mean zstd/],
    ['without = ["fsk"]', /line 2, job\.srv\.without\[0\]: .*Did you mean fsck/],
    ['secrets."age.passphrase".file = "x"', /line 2, job\.srv\.secrets.*cannot|cannot read .*x/],
  ];
  for (const [text, message] of wrong) {
    await withSettings(`[job.srv]\n${text}\n`, async (file) => {
      const named = jobNamed(await readSettings(file), "srv");
      await assert.rejects(withJob(pipeline(recipes.native), named), message);
    });
  }
});

Deno.test("a secret is named by a file or a variable, and never written down", () =>
  withSettings(
    [
      "[job.srv]",
      'use = [{ step = "age" }]',
      '[job.srv.secrets]\n"age.passphrase" = { file = "pass" }',
    ].join("\n"),
    async (file, folder) => {
      writeFileSync(`${folder}/pass`, "of ice\n");
      const named = jobNamed(await readSettings(file), "srv");
      const given = async () =>
        (await withJob(pipeline(recipes.native), named)).placed
          .find(({ step }) => step.name === "age")!.given["passphrase"];
      assert.equal(await given(), "of ice");
      assert.ok(!settingsText(named).includes("of ice"));
      const inline = '[job.srv]\nuse = [{ step = "age", options = { passphrase = "x" } }]\n';
      writeFileSync(file, inline);
      const plain = jobNamed(await readSettings(file), "srv");
      await assert.rejects(
        withJob(pipeline(recipes.native), plain),
        /line 2, .*a secret does not belong into a file.*ICECORE_AGE_PASSPHRASE/,
      );
      writeFileSync(
        file,
        inline.replace(/, options.*/, " }]\n") + 'secrets."age.passphrase".env = "P"\n',
      );
      const byName = jobNamed(await readSettings(file), "srv");
      await assert.rejects(withJob(pipeline(recipes.native), byName), /variable P is not set/);
      using _ = setEnvironment({ P: "of snow" });
      const result = await withJob(pipeline(recipes.native), byName);
      assert.ok(result.placed.some(({ given }) => given["passphrase"] === "of snow"));
    },
  ));

Deno.test("settings that others may write are refused: they say what is run", () =>
  withSettings("[job.srv]\n", async (file, folder) => {
    chmodSync(file, 0o666);
    await assert.rejects(readSettings(file), { code: "untrusted" });
    mkdirSync(`${folder}/x`);
    await assert.rejects(readSettings(`${folder}/x`), { code: "unreadable" });
    await assert.rejects(readSettings(`${folder}/y`), { code: "unreadable" });
    await assert.rejects(readSettings(undefined, [`${folder}/y`]), { code: "no-settings" });
  }));
