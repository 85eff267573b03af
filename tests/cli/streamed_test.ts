import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { icecore, type Outcome } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

async function stream(args: readonly string[], recipe: unknown = {}): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/source`);
    writeFileSync(`${folder}/source/one`, "one");
    writeFileSync(`${folder}/r.json`, JSON.stringify(recipe));
    outcome = await icecore(["build", "source", "-o", "-", ...args], { cwd: folder });
  });
  return outcome!;
}

Deno.test("with -o - an error's JSON stays out of the image", async () => {
  for (const args of [["--set", "pack.nothing=1"], ["--use", "./missing.ts"]]) {
    const { code, stdout, stderr } = await stream(["--json", ...args]);
    assert.notEqual(code, 0);
    assert.equal(stdout, "");
    const events = stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(events.at(-1).type, "error", stderr);
  }
});

Deno.test("with -o - and --json every line on stderr is JSON, the last one with the digest", async () => {
  const { code, bytes, stderr } = await stream(["--json"]);
  assert.equal(code, 0, stderr);
  const events = stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(events.at(-1).type, "build-finished");
  assert.equal(
    events.at(-1).image.digests.sha512,
    createHash("sha512").update(bytes).digest("hex"),
  );
});

Deno.test("an algorithm that the stream is not hashed with is refused before it begins", async () => {
  const other = ["--set", "hash.algorithm=sha256"];
  const recipe = { extends: "native", options: { hash: { algorithm: "sha256" } } };
  for (const refused of [await stream(other), await stream(["--recipe", "r.json"], recipe)]) {
    assert.deepEqual([refused.code, refused.bytes.length], [2, 0], refused.stderr);
    assert.match(
      refused.stderr,
      /cannot make a sha256 of an image that goes to stdout.*--hash sha256/,
    );
  }
});

Deno.test("--hash counts for a stream, too", async () => {
  const { code, bytes, stderr } = await stream(["--hash", "sha256", "--quiet"]);
  assert.equal(code, 0, stderr);
  const digest = createHash("sha256").update(bytes).digest("hex");
  assert.equal(stderr, `${digest}  -\n`);
});
