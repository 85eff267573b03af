import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { claimOutput } from "../../../host/files/claim_output.ts";
import { giveName, giveNameByLink, giveNameByPlaceholder } from "../../../host/files/give_name.ts";
import { Publication } from "../../../host/files/publication.ts";
import { releaseLeftovers } from "../../../host/leftovers/leftovers.ts";
import { output as run } from "../../support/programs/oracles.ts";
import { testWith } from "../../support/programs/requirements.ts";
import { inTemporaryFolder } from "../../support/temporary_folder.ts";

/** All that lies in a folder: names and contents. */
function contentsOf(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}/${name}`, "utf8")]));
}

/** Publishes `new` under these names, the image last. @returns What it threw. */
async function publish(
  folder: string,
  names: readonly string[],
  force: boolean,
  before: () => void = () => {},
): Promise<Error | undefined> {
  const output = claimOutput(`${folder}/x.img`, force);
  const sides = names.map((name) => ({
    path: `${folder}/${name}.partial`,
    finalPath: `${folder}/${name}`,
  }));
  for (const path of [output.path, ...sides.map((side) => side.path)]) writeFileSync(path, "new");
  before();
  try {
    await output.publish(sides, true);
    output.settle();
    return undefined;
  } catch (error) {
    output.discard(sides, false);
    return error as Error;
  }
}

const SIDES = ["x.img.sha512", "x.img.age"];

for (const how of ["immutable", "a mount point"]) {
  testWith(
    { root: true, programs: ["chattr", "mount", "umount"] },
    `an image that is ${how} is not replaced, and keeps its side files`,
    async () => {
      await inTemporaryFolder(async (folder) => {
        const old = { "x.img": "old", "x.img.age": "old", "x.img.sha512": "old" };
        for (const name of Object.keys(old)) writeFileSync(`${folder}/${name}`, "old");
        const image = `${folder}/x.img`;
        const [bar, free] = how === "immutable"
          ? [["chattr", "+i", image], ["chattr", "-i", image]]
          : [["mount", "--bind", image, image], ["umount", image]];
        run(bar[0]!, bar.slice(1));
        try {
          const error = await publish(folder, SIDES, true);
          assert.match(
            error!.message,
            /^cannot write .*\/x\.img: (operation not permitted|device or resource busy)\. What was there before is there, unchanged\. Look whether /,
          );
          assert.deepEqual(contentsOf(folder), old);
        } finally {
          run(free[0]!, free.slice(1));
        }
      });
    },
  );
}

Deno.test("when one name is taken at the last moment, none is given", async () => {
  for (const taken of ["x.img", ...SIDES]) {
    await inTemporaryFolder(async (folder) => {
      const take = () => writeFileSync(`${folder}/${taken}`, "theirs");
      const error = await publish(folder, SIDES, false, take);
      assert.match(error!.message, new RegExp(`^cannot write .*/${taken}: it exists already\\.`));
      assert.deepEqual(contentsOf(folder), { [taken]: "theirs" });
    });
  }
});

Deno.test("a name that is taken after all was looked at is not given, nor are the others", async () => {
  await inTemporaryFolder(async (folder) => {
    const names = ["x.img.sha512", "x.img"];
    const files = names.map((name) => ({
      path: `${folder}/${name}.partial`,
      finalPath: `${folder}/${name}`,
    }));
    for (const { path } of files) writeFileSync(path, "new");
    const publication = Publication.plan(files, false);
    writeFileSync(`${folder}/x.img`, "theirs");
    await assert.rejects(publication.run(), {
      code: "output-exists",
      message: /x\.img: it exists/,
    });
    assert.deepEqual(contentsOf(folder), {
      "x.img": "theirs",
      "x.img.partial": "new",
      "x.img.sha512.partial": "new",
    });
  });
});

Deno.test("side files of another algorithm go with the image that they describe, not before", async () => {
  await inTemporaryFolder(async (folder) => {
    const old = { "x.img": "old", "x.img.sha256": "old" };
    for (const name of Object.keys(old)) writeFileSync(`${folder}/${name}`, "old");
    // A folder cannot be replaced: the last of all to get its name fails.
    mkdirSync(`${folder}/x.img.age`);
    const error = await publish(folder, SIDES, true);
    assert.match(error!.message, /x\.img\.age: it exists and is not a regular file/);
    rmSync(`${folder}/x.img.age`, { recursive: true });
    assert.deepEqual(contentsOf(folder), old);
    assert.equal(await publish(folder, SIDES, true), undefined);
    assert.deepEqual(contentsOf(folder), {
      "x.img": "new",
      "x.img.age": "new",
      "x.img.sha512": "new",
    });
  });
});

Deno.test("two files are not given one name", async () => {
  await inTemporaryFolder(async (folder) => {
    const error = await publish(folder, ["x.img.age", "x.img.age"], false);
    assert.match(error!.message, /x\.img\.age: two files of this build are to have that name/);
    assert.deepEqual(contentsOf(folder), {});
  });
});

for (const give of [giveName, giveNameByLink, giveNameByPlaceholder]) {
  Deno.test(`${give.name} gives a free name, and takes no other's place`, async () => {
    await inTemporaryFolder((folder) => {
      const at = (name: string) => `${folder}/${name}`;
      writeFileSync(at("new"), "new");
      writeFileSync(at("file"), "precious");
      symlinkSync("nowhere", at("link"));
      for (const taken of ["file", "link"]) {
        assert.throws(() => give(at("new"), at(taken)), { code: "EEXIST" });
      }
      const { ino } = statSync(at("new"));
      give(at("new"), at("free"));
      assert.deepEqual(readdirSync(folder).sort(), ["file", "free", "link"]);
      assert.equal(statSync(at("free")).ino, ino);
      assert.equal(readFileSync(at("file"), "utf8"), "precious");
    });
  });
}

/** What a build would have left that was killed after so many of its moves. */
function killedAfter(folder: string, countMoves: number, force: boolean): void {
  const names = [...SIDES, "x.img"];
  const moves = names.map((name, index) => {
    const path = `${folder}/${name}.partial`;
    writeFileSync(path, "new");
    const inode = String(statSync(path).ino);
    const aside = `.icecore-0-${index}.partial`;
    if (force) {
      writeFileSync(`${folder}/${name}`, "old");
      run("ln", [`${folder}/${name}`, `${folder}/${aside}`]);
    }
    return { name, inode, ...force && { aside } };
  });
  for (const name of names.slice(0, countMoves)) {
    run("mv", ["-f", `${folder}/${name}.partial`, `${folder}/${name}`]);
  }
  const lines = [{ beside: "x.img.age.partial" }, { publishing: moves }];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  writeFileSync(`${folder}/x.img.build.partial`, text);
}

for (const force of [false, true]) {
  for (const countMoves of [0, 1, 2, 3]) {
    const what = `a kill after ${countMoves} of 3 files had their names`;
    Deno.test(`${what}${force ? " in others' places" : ""} is put right`, async () => {
      await inTemporaryFolder(async (folder) => {
        killedAfter(folder, countMoves, force);
        const released = await releaseLeftovers([`${folder}/x.img`]);
        const state = countMoves === 3 ? "new" : force ? "old" : undefined;
        const all = { "x.img": state, "x.img.age": state, "x.img.sha512": state };
        assert.deepEqual(contentsOf(folder), state === undefined ? {} : all);
        const puts = released.filter(({ kind }) => kind === "output" || kind === "restored");
        assert.equal(puts.length, countMoves === 3 ? 0 : force ? 3 : countMoves);
        assert.equal(existsSync(`${folder}/x.img.build.partial`), false);
      });
    });
  }
}
