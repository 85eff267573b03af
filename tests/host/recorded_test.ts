import assert from "node:assert/strict";
import {
  appendFileSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { leftBeside } from "../../host/files/build_record.ts";
import { claimOutput } from "../../host/files/claim_output.ts";
import { releaseLeftovers, removePartials } from "../../host/leftovers/leftovers.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const RECORD = "x.img.build.partial";

/** What `beside` a killed build would have written down. */
function recordedIn(folder: string): readonly string[] {
  const [left] = leftBeside(`${folder}/x.img`);
  left!.forget();
  return left!.beside;
}

/** Writes down what a killed build would have. */
function plant(folder: string, ...lines: readonly string[]): void {
  writeFileSync(`${folder}/${RECORD}`, lines.map((line) => `${line}\n`).join(""));
}

Deno.test("what a build writes down is known at once, each path once, and goes with the build", async () => {
  await inTemporaryFolder((folder) => {
    const output = claimOutput(`${folder}/x.img`, false);
    const paths = [`${folder}/x.img.new\nline.partial`, `${folder}/x.img.par2.partial`];
    for (const path of [...paths, ...paths]) output.record(path);
    const lines = readFileSync(`${folder}/${RECORD}`, "utf8").trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line)), [
      { beside: "x.img.new\nline.partial" },
      { beside: "x.img.par2.partial" },
    ]);
    assert.deepEqual(leftBeside(`${folder}/x.img`), [], "it is locked while the build lives");
    writeFileSync(paths[0]!, "begun");
    mkdirSync(paths[1]!);
    writeFileSync(`${paths[1]}/x.img.par2`, "begun");
    output.discard([], false);
    assert.deepEqual(readdirSync(folder), []);
  });
});

Deno.test("a link that is there already is in the way: nothing is written where it leads", async () => {
  await inTemporaryFolder((folder) => {
    const output = claimOutput(`${folder}/x.img`, false);
    symlinkSync("precious", `${folder}/x.img.verity.partial`);
    assert.throws(() => output.record(`${folder}/x.img.verity.partial`), {
      code: "not-writable",
      message: /x\.img\.verity\.partial is in the way/,
    });
    output.discard([], false);
    assert.deepEqual(readdirSync(folder), ["x.img.verity.partial"]);
  });
});

Deno.test("a folder that is there already is in the way, and stays", async () => {
  await inTemporaryFolder((folder) => {
    const output = claimOutput(`${folder}/x.img`, false);
    const precious = `${folder}/x.img.zst.partial`;
    mkdirSync(`${precious}/photos`, { recursive: true });
    assert.throws(() => output.record(precious), {
      code: "not-writable",
      message: /^cannot write .*x\.img\.zst: .*x\.img\.zst\.partial is in the way, .* Remove it/,
    });
    output.discard([], false);
    assert.deepEqual(readdirSync(precious), ["photos"]);
  });
});

Deno.test("a line that a kill or a full disk cut short does not hide the others", async () => {
  await inTemporaryFolder((folder) => {
    plant(folder, '{"beside":"x.img.zst.partial"}', '{"beside":"x.im', "null", '{"beside":7}');
    appendFileSync(`${folder}/${RECORD}`, '{"beside":"x.img.age.partial"}\n{"besi');
    const names = recordedIn(folder).map((path) => path.slice(folder.length + 1));
    assert.deepEqual(names, ["x.img.zst.partial", "x.img.age.partial"]);
  });
});

Deno.test("a record reaches no file but partial ones of its own folder", async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(`${folder}/out`);
    for (const name of ["precious.partial", "out/precious"]) writeFileSync(`${folder}/${name}`, "");
    plant(
      `${folder}/out`,
      '{"beside":"../precious.partial"}',
      '{"beside":"precious"}',
      '{"publishing":[{"name":"../precious.partial","inode":"1"},{"name":"precious","aside":"x"}]}',
    );
    await releaseLeftovers([`${folder}/out`]);
    assert.deepEqual(readdirSync(folder).sort(), ["out", "precious.partial"]);
    assert.deepEqual(readdirSync(`${folder}/out`), ["precious"]);
  });
});

testWith(
  { root: true },
  "a record of another user, or one with two names, is not believed",
  async () => {
    await inTemporaryFolder(async (folder) => {
      plant(folder, '{"beside":"precious.partial"}');
      chownSync(`${folder}/${RECORD}`, 65534, 65534);
      writeFileSync(`${folder}/precious.partial`, "");
      writeFileSync(`${folder}/mine`, '{"beside":"precious.partial"}\n');
      linkSync(`${folder}/mine`, `${folder}/y.img.build.partial`);
      assert.deepEqual(await releaseLeftovers([folder]), []);
      assert.ok(existsSync(`${folder}/precious.partial`));
    });
  },
);

Deno.test("of what was written down only partial files and folders are removed, no links", async () => {
  await inTemporaryFolder((folder) => {
    const at = (name: string) => `${folder}/${name}`;
    for (const name of ["x.img.age.partial", "precious", "unsaid.partial"]) {
      writeFileSync(at(name), "");
    }
    symlinkSync("precious", at("link.partial"));
    const recorded = ["x.img.age.partial", "precious", "link.partial", "gone.partial"].map(at);
    assert.deepEqual(removePartials(at("x.img.partial"), recorded), [at("x.img.age.partial")]);
    assert.deepEqual(readdirSync(folder).sort(), ["link.partial", "precious", "unsaid.partial"]);
  });
});

Deno.test("a name that is too long for the kernel is refused, and stands in the way of nothing", async () => {
  await inTemporaryFolder((folder) => {
    const output = claimOutput(`${folder}/x.img`, false);
    const long = `${folder}/${"n".repeat(248)}.partial`;
    assert.throws(() => output.record(long), { code: "name-too-long", message: /256 bytes/ });
    assert.deepEqual(readFileSync(`${folder}/${RECORD}`, "utf8"), "");
    output.discard([], false);
    assert.deepEqual(removePartials(`${folder}/x.img.partial`, [long]), []);
  });
});
