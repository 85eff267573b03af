import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Artifact, type Pipeline, pipeline, recipes, type Step } from "../../mod.ts";
import { payloadOf } from "../../plugin.ts";
import age from "../../plugins/age.ts";
import par2 from "../../plugins/par2.ts";
import split from "../../plugins/split.ts";
import verity from "../../plugins/verity.ts";
import zstd from "../../plugins/zstd.ts";
import { icecore, inLab, outputsOf } from "../faults/lab.ts";
import { testWith } from "../support/programs/requirements.ts";
import { type Form, inPlace, namesIn, type Place } from "./building.ts";
import { still } from "./neighbours.ts";

/** A public key, whose secret one is of no matter. */
const SOMEBODY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/** Stores elsewhere, as s3 and ssh do: the payload, or its parts. */
const keeper: Step = {
  name: "keeper",
  passive: true,
  shell: false,
  reads: "parts",
  run(image) {
    const { path, parts } = payloadOf(image);
    if (parts === undefined) readFileSync(path);
  },
  stream: () => ({ sink: new WritableStream() }),
};

const plugins: readonly (readonly [Step, Readonly<Record<string, string | number>>])[] = [
  [age, { recipients: SOMEBODY, engine: "library" }],
  [zstd, { level: 1 }],
  [split, { size: "50K" }],
  [par2, { blocks: 10 }],
  [verity, {}],
  [keeper, {}],
];
const names = plugins.map(([{ name }]) => name);

/** All orders of three different ones. */
const chains = names.flatMap((a) => names.flatMap((b) => names.map((c) => [a, b, c]))).filter((
  chain,
) => new Set(chain).size === 3);

function chained(chain: readonly string[], form: Form): Pipeline {
  const base = pipeline(recipes.native);
  let last = "hash";
  return [...form === "file" ? ["still"] : [], ...chain].reduce((all, name) => {
    const [step, given] = plugins.find(([each]) => each.name === name) ?? [still, {}];
    const longer = all.insertAfter(last, step, given);
    last = name;
    return longer;
  }, base);
}

async function refusalOf(work: Promise<unknown>): Promise<(Error & { code?: string }) | undefined> {
  return await work.then(() => undefined, (error) => error);
}

/** Builds, or is refused in the same words by a dry run and before anything is begun. */
async function assertDecided(
  place: Place,
  chain: readonly string[],
  form: Form,
): Promise<string | undefined> {
  const wanted = chained(chain, form);
  const request = { sources: [place.source], output: place.image };
  const foretold = await refusalOf(wanted.dryRun(request));
  let countBegun = 0;
  const emit = ({ type }: { type: string }) =>
    void (countBegun += Number(type === "build-started"));
  const artifacts: Artifact[] = [];
  const refused = await refusalOf(
    wanted.run({ ...request, emit }).then(({ image }) => artifacts.push(...image.artifacts)),
  );
  assert.equal(refused?.message, foretold?.message, `${chain}, ${form}`);
  if (refused === undefined) {
    for (const { path } of artifacts) {
      assert.ok(existsSync(path), `${chain}, ${form}: ${path}`);
      rmSync(path);
    }
    rmSync(place.image);
  } else {
    assert.deepEqual([refused.name, refused.code], ["UsageError", "bad-order"], refused.message);
    assert.equal(countBegun, 0);
  }
  assert.deepEqual(namesIn(place), [], `${chain}, ${form}`);
  return refused?.message;
}

/** What a step makes of the image is streamed on, and the third reads it whole. */
const impossible = chains.filter(([first, second, third]) =>
  ["age", "zstd"].includes(first!) &&
  (second === "split" ? ["age", "zstd", "par2"] : second === "keeper" ? ["par2"] : [])
    .includes(third!)
).map((chain) => chain.join(" "));

/** Gives a place with little in its source. */
const inSmallPlace = (use: (place: Place) => Promise<void>) =>
  inPlace(async (place) => {
    for (const name of ["noise", "text"]) rmSync(`${place.source}/${name}`);
    writeFileSync(`${place.source}/some`, "An ice core is drilled once.\n".repeat(4000));
    await use(place);
  });

const PAR2 = { programs: ["par2"] };

testWith(PAR2, "all orders of plugins are built, or refused before the first byte", async () => {
  await inSmallPlace(async (place) => {
    const refused: string[] = [];
    for (const chain of chains) {
      const message = await assertDecided(place, chain, "stream");
      if (message === undefined) continue;
      refused.push(chain.join(" "));
      // The advice helps.
      const [, moved, behind] = / Put (\w+) directly behind (\w+)\.$/.exec(message)!;
      const others = chain.filter((name) => name !== moved);
      const mended = others.toSpliced(others.indexOf(behind!) + 1, 0, moved!);
      assert.equal(await assertDecided(place, mended, "stream"), undefined);
    }
    assert.deepEqual(refused, impossible);
  });
});

testWith(PAR2, "where the image lies in a file, all of those orders are built", async () => {
  await inSmallPlace(async (place) => {
    for (const chain of impossible) {
      assert.equal(await assertDecided(place, chain.split(" "), "file"), undefined);
    }
  });
});

Deno.test("the message is about the chain, and the exit code says usage", async () => {
  await inLab(async (lab) => {
    const used = ["age", "split", "zstd"].flatMap((name) => ["--use", name]);
    const set = ["--set", `age.recipients=${SOMEBODY}`, "--set", "split.size=50K"];
    for (const flags of [[], ["--dry-run"]]) {
      const args = ["build", "source", "-o", "out.img", ...used, ...set, ...flags];
      const { code, stderr } = await icecore(lab, args);
      assert.equal(
        stderr,
        "icecore: cannot run zstd behind split: what age makes is streamed on to split and lies in " +
          "no file, and zstd reads it whole. Put zstd directly behind age " +
          "(--use after:age=zstd).\n",
      );
      assert.equal(code, 2);
      assert.deepEqual(outputsOf(lab), []);
    }
    const mended = ["--use", "age", "--use", "split", "--use", "after:age=zstd"];
    const done = await icecore(lab, ["build", "source", "-o", "out.img", ...mended, ...set]);
    assert.equal(done.code, 0, done.stderr);
  });
});
