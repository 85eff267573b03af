import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { recipes } from "../../mod.ts";
import { inLab, type Lab, REAL } from "../faults/lab.ts";
import { output, withMount } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { drive } from "./drive.ts";

const SECRET = "the secret of root\n";
const MINE = "what anybody reads\n";

/** A folder that others may not enter, beside a source of theirs with the same names. */
function layTrap(lab: Lab): void {
  for (const folder of ["secret", "source/theirs"]) mkdirSync(lab.at(folder), { mode: 0o700 });
  for (const path of ["secret/f", "secret/g"]) writeFileSync(lab.at(path), SECRET, { mode: 0o600 });
  for (const path of ["source/f", "source/theirs/g"]) writeFileSync(lab.at(path), MINE);
  output("touch", ["-r", lab.at("source/f"), lab.at("secret/f"), lab.at("secret/g")]);
}

/** The files' contents in the image, by path. */
async function read(lab: Lab, ...paths: string[]): Promise<string[]> {
  let contents: string[] = [];
  await withMount(lab.at("out.img"), lab.folder, (mountpoint) => {
    contents = paths.map((path) => readFileSync(`${mountpoint}/source/${path}`, "latin1"));
  });
  return contents;
}

const ZEROS = "\0".repeat(MINE.length);

for (const [recipe, copying] of [["native", "pack"], ["e2fsprogs", "copy"]] as const) {
  assert.ok(recipes[recipe].steps.some((step) => step.name === copying));
  const build = (lab: Lab, script: string) => drive(lab, copying, script, "out.img", recipe);

  testWith(
    REAL,
    `a source that becomes a link to a secret is read as it was (${recipe})`,
    () =>
      inLab(async (lab) => {
        layTrap(lab);
        const { code, stderr } = await build(lab, "mv source source.old; ln -s secret source");
        assert.equal(code, 0, stderr);
        assert.deepEqual(await read(lab, "f", "theirs/g"), [MINE, MINE]);
      }),
  );

  testWith(
    REAL,
    `a source that is exchanged for a secret folder is read as it was (${recipe})`,
    () =>
      inLab(async (lab) => {
        layTrap(lab);
        const { code, stderr } = await build(lab, "mv source source.old; mv secret source");
        assert.equal(code, 0, stderr);
        assert.deepEqual(await read(lab, "f", "theirs/g"), [MINE, MINE]);
      }),
  );

  testWith(
    REAL,
    `a folder or a file that another one replaced is not read (${recipe})`,
    () =>
      inLab(async (lab) => {
        layTrap(lab);
        const script = "mv source/theirs old; cp -rp secret source/theirs; cp -p secret/f new; " +
          "mv new source/f";
        const { code, stderr } = await build(lab, script);
        assert.equal(code, 3, stderr);
        assert.deepEqual(await read(lab, "f", "theirs/g"), [ZEROS, ZEROS]);
        for (const path of ["f", "theirs/g"]) {
          const named = new RegExp(
            `^changed: .*/source/${path}: another file has taken its place; `,
            "m",
          );
          assert.match(stderr, named);
        }
      }),
  );

  testWith(
    REAL,
    `a file that was written to and got its old time back is named (${recipe})`,
    () =>
      inLab(async (lab) => {
        layTrap(lab);
        const script =
          "cp -p source/f old; printf WHAT | dd of=source/f conv=notrunc status=none; " +
          "touch -r old source/f";
        const { code, stderr } = await build(lab, script);
        assert.equal(code, 3, stderr);
        assert.match(
          stderr,
          /^changed: .*\/source\/f: it changed, though its size and modification time/m,
        );
      }),
  );
}
