import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { icecore, inLab, type Lab } from "../faults/lab.ts";

/** Stores what flows by, as s3 and ssh do. */
const VAULT = `
  import { createFile } from "icecore/plugin";
  import { rename } from "node:fs/promises";
  export default {
    name: "vault",
    after: "hash",
    run: () => {},
    options: { to: { type: "string", help: "the folder", required: true } },
    stream({ name }, { options, force }) {
      const file = options.to + "/" + name;
      return {
        sink: createFile(file + ".partial", force),
        finish: (image, stored) => rename(file + ".partial", options.to + "/" + stored.name),
      };
    },
  };
`;

function withVault(lab: Lab): void {
  writeFileSync(lab.at("vault.mjs"), VAULT);
  mkdirSync(lab.at("vault"));
}

const toStdout = (lab: Lab, sources: readonly string[], ...flags: string[]) =>
  icecore(
    lab,
    ["build", ...sources, "-o", "-", "--use", "./vault.mjs"]
      .concat("--set", "vault.to=vault", ...flags),
  );

Deno.test("an image that goes to stdout is stored under the first source's name", async () => {
  await inLab(async (lab) => {
    withVault(lab);
    const sources = {
      "source": "source.img",
      "source/inner/.": "inner.img",
      "vault": "vault.img",
    };
    for (const source of Object.keys(sources)) {
      const { code, stderr } = await toStdout(lab, [source]);
      assert.equal(code, 0, stderr);
      assert.match(
        stderr,
        /^[0-9a-f]{128} {2}-$/m,
        "what was piped is reported as it was",
      );
    }
    assert.deepEqual(
      readdirSync(lab.at("vault")).sort(),
      Object.values(sources).sort(),
    );
    const both = await toStdout(lab, ["source/inner", "source"]);
    assert.match(both.stderr, /inner\.img: it exists already/);
    assert.equal(both.code, 1);
    assert.equal(
      readFileSync(lab.at("vault/inner.img")).readUInt16LE(1080),
      0xef53,
    );
  });
});

Deno.test("what would be stored of the root folder without a name is refused beforehand", async () => {
  await inLab(async (lab) => {
    withVault(lab);
    for (const source of ["/", "/."]) {
      for (const flags of [[], ["--dry-run"]]) {
        const { code, stderr } = await toStdout(lab, [source], ...flags);
        assert.match(
          stderr,
          /^icecore: cannot name what vault gets of \/: neither the root folder nor stdout has a name/,
        );
        assert.equal(code, 2);
      }
    }
    assert.deepEqual(readdirSync(lab.at("vault")), []);
  });
});
