import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { testWith } from "../support/programs/requirements.ts";
import {
  type Icecore,
  type Ran,
  type Runs,
  runWithFaults,
  runWithKills,
  type Scenario,
  type State,
  withExecutable,
} from "./injection.ts";

/** Makes a source: `text` in it distinguishes one from another. What is in it cannot be compressed. */
function makeSource(folder: string, text: string): void {
  mkdirSync(`${folder}/inner`, { recursive: true });
  writeFileSync(`${folder}/one`, text);
  const noise = Array.from(
    { length: 1000 },
    (_, i) => createHash("sha512").update(`${text}${i}`).digest(),
  );
  writeFileSync(`${folder}/inner/two`, Buffer.concat(noise));
}

const uses = (...plugins: readonly string[]) => plugins.flatMap((name) => ["--use", name]);

/** A build of `new`; where something is to be replaced, `old` was built by the same steps. */
function building(steps: readonly string[], old?: readonly string[]): Scenario {
  return {
    args: ["build", "new", "-o", "out/x.img", ...steps, ...old === undefined ? [] : ["--force"]],
    prepare(folder: string, icecore: Icecore) {
      makeSource(`${folder}/new`, "new");
      makeSource(`${folder}/old`, "older");
      if (old !== undefined) icecore("build", "old", "-o", "out/x.img", ...old, "-q");
    },
  };
}

const AGE = "age.recipients=age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z";
const SPLIT = [...uses("split"), "--set", "split.size=40K"];
const PAR2_AND_ZSTD = [...uses("par2", "zstd"), "--set", "par2.blocks=40"];
const SPLIT_SMALLER = [...uses("split"), "--set", "split.size=20K"];

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "a build with verity, age and split": building([
    ...uses("verity", "age"),
    ...["--set", AGE],
    ...SPLIT,
  ]),
  "a build with zstd, par2 and split that replaces one of more files": building(
    [...PAR2_AND_ZSTD, ...SPLIT],
    [...PAR2_AND_ZSTD, "--set", "par2.files=3", ...SPLIT_SMALLER, "--hash", "sha256"],
  ),
  "a layer on an image": {
    args: ["build", "new", "-o", "out/x.img", "--base", "out/base.img"],
    prepare(folder: string, icecore: Icecore) {
      makeSource(`${folder}/new`, "old");
      icecore("build", "new", "-o", "out/base.img", "-q");
      makeSource(`${folder}/new`, "changed");
    },
  },
  "a merge of a layer with the image below": {
    args: ["merge", "layers/1.img", "-o", "out/x.img"],
    prepare(folder: string, icecore: Icecore) {
      mkdirSync(`${folder}/layers`);
      makeSource(`${folder}/new`, "old");
      icecore("build", "new", "-o", "layers/0.img", "-q");
      makeSource(`${folder}/new`, "changed");
      icecore(
        "build",
        "new",
        "-o",
        "layers/1.img",
        "--base",
        "layers/0.img",
        "-q",
      );
    },
  },
  "a join": joining(false),
  "a join that replaces a file": joining(true),
};

function joining(force: boolean): Scenario {
  return {
    args: ["join", "parts/x.img.manifest", "-o", "out/x.img", ...force ? ["--force"] : []],
    prepare(folder: string, icecore: Icecore) {
      makeSource(`${folder}/new`, "new");
      mkdirSync(`${folder}/parts`);
      icecore("build", "new", "-o", "parts/x.img", ...SPLIT, "-q");
      if (force) writeFileSync(`${folder}/out/x.img`, "old");
    },
  };
}

const isSame = (a: State, b: State) => JSON.stringify(a) === JSON.stringify(b);

/** What a state is: `old`, `new`, or what is in it. */
function nameOf(state: State, { before, after }: Runs): string {
  return isSame(state, before) ? "old" : isSame(state, after) ? "new" : JSON.stringify(state);
}

/** Fails unless all is old or all is new, and a message names the file and says what to do. */
function assertWhole(ran: Ran, runs: Runs): void {
  const { fault, code, stderr } = ran;
  const [state, cleaned] = [nameOf(ran.state, runs), nameOf(ran.cleaned, runs)];
  const what = `${fault}, exit code ${code}: ${stderr}`;
  assert.match(cleaned, /^(old|new)$/, what);
  if (code === 0) return assert.equal(state, "new", what);
  // What could not be removed is named, with what removes it.
  if (state !== cleaned) assert.match(stderr, /icecore clean/, what);
  assertNamed(stderr, what);
}

/** A message in words that names a file of ours, or the temporary folder. */
function assertNamed(stderr: string, what: string): void {
  assert.match(stderr, /^icecore: .*cannot .*\b(out|tmp)\b.*: .+/ms, what);
  assert.doesNotMatch(stderr, /\bE[A-Z]{2,}\b|unexpected|\bat .*:\d+:\d+/, what);
}

testWith(
  { programs: ["strace", "npx", "par2", "age"] },
  "a call that fails leaves the old state or the new one, and is named",
  async (context) => {
    await withExecutable(async (executable) => {
      for (const [name, scenario] of Object.entries(SCENARIOS)) {
        await context.step(name, async () => {
          const runs = await runWithFaults(executable, scenario);
          assert.ok(runs.runs.length > 10, `only ${runs.runs.length} calls were let fail`);
          for (const ran of runs.runs) assertWhole(ran, runs);
        });
      }
    });
  },
);

/** Of what is extracted each file is whole; one that failed ends it, and the others stay. */
function assertEachWhole(ran: Ran, runs: Runs): void {
  const { fault, code, stderr } = ran;
  const what = `${fault}, exit code ${code}: ${stderr}`;
  for (const [path, is] of Object.entries(ran.state)) {
    // A folder is closed to others until all is in it.
    const could = [runs.before[path], runs.after[path], "folder 700"];
    assert.ok(could.includes(is), `${path} is ${is}; ${what}`);
  }
  const gone = Object.keys(runs.before).filter((path) => ran.state[path] === undefined);
  assert.deepEqual(gone, [], what);
  if (code === 0) return assert.deepEqual(ran.state, runs.after, what);
  // With 3 all is there, and what is another way than in the image is named.
  if (code === 3) return assert.match(stderr, /^icecore: \w+: .+: /m, what);
  assertNamed(stderr, what);
}

function extracting(force: boolean): Scenario {
  return {
    args: ["extract", "x.img", "-o", "out", ...force ? ["--force"] : []],
    prepare(folder: string, icecore: Icecore) {
      makeSource(`${folder}/new`, "new");
      symlinkSync("one", `${folder}/new/link`);
      linkSync(`${folder}/new/one`, `${folder}/new/second`);
      mkdirSync(`${folder}/new/folder`);
      icecore("build", "new/.", "-o", "x.img", "-q");
      if (!force) return;
      makeSource(`${folder}/out`, "old");
      symlinkSync("two", `${folder}/out/link`);
      for (const name of ["second", "folder"]) writeFileSync(`${folder}/out/${name}`, "old");
    },
  };
}

testWith(
  { programs: ["strace", "npx"] },
  "a call that fails while files are extracted leaves each of them whole, old or new",
  async (context) => {
    await withExecutable(async (executable) => {
      for (const force of [false, true]) {
        await context.step(force ? "over others" : "into an empty folder", async () => {
          const runs = await runWithFaults(executable, extracting(force));
          assert.ok(runs.runs.length > 5, `only ${runs.runs.length} calls were let fail`);
          for (const ran of runs.runs) assertEachWhole(ran, runs);
        });
      }
    });
  },
);

testWith(
  { programs: ["strace", "npx", "par2", "age"] },
  "a kill while files get their names leaves the old state or the new one, once it is cleaned",
  async (context) => {
    await withExecutable(async (executable) => {
      for (const [name, scenario] of Object.entries(SCENARIOS)) {
        await context.step(name, async () => {
          const runs = await runWithKills(executable, scenario);
          assert.ok(runs.runs.length > 3, `only ${runs.runs.length} kills`);
          for (const ran of runs.runs) {
            assert.match(nameOf(ran.cleaned, runs), /^(old|new)$/, `${ran.fault}: ${ran.stderr}`);
          }
        });
      }
    });
  },
);
