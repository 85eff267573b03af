import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { formatDigestLine, parseDigestLine } from "../../pipeline/side_file.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const digest = "0123456789abcdef".repeat(8);

Deno.test("a line is digest, two blanks, name", () => {
  assert.equal(formatDigestLine({ digest, name: "photos.img" }), `${digest}  photos.img`);
});

Deno.test("newlines, carriage returns and backslashes are escaped, and the line is marked", () => {
  assert.equal(formatDigestLine({ digest, name: "a\nb\\c\rd" }), `\\${digest}  a\\nb\\\\c\\rd`);
});

Deno.test("any name comes back as it was, on a line of its own", () => {
  const names = fc.string({ minLength: 1, unit: "binary" });
  fc.assert(fc.property(names, (name) => {
    const line = formatDigestLine({ digest, name });
    assert.doesNotMatch(line, /[\n\r]/);
    assert.deepEqual(parseDigestLine(line), { digest, name });
    assert.deepEqual(parseDigestLine(`${line}\r`), { digest, name }, "as Windows ends lines");
  }));
});

for (const name of ["a\u2028b", " leading", "trailing ", "*star", "\\", "\\n", "ä"]) {
  Deno.test(`the name ${JSON.stringify(name)} comes back from its line as it was`, () => {
    assert.deepEqual(parseDigestLine(formatDigestLine({ digest, name })), { digest, name });
  });
}

Deno.test("the binary mark and capitals are read", () => {
  const line = `${digest.toUpperCase()} *photos.img`;
  assert.deepEqual(parseDigestLine(line), { digest, name: "photos.img" });
});

for (
  const line of [
    "",
    "photos.img",
    `${digest}`,
    `${digest} `,
    `${digest}  `,
    "xyz  photos.img",
    `# ${digest}  a`,
  ]
) {
  Deno.test(`${JSON.stringify(line.slice(0, 30))} is not a line of a side file`, () => {
    assert.equal(parseDigestLine(line), undefined);
  });
}

testWith(
  { programs: ["sha512sum"] },
  "sha512sum prints and accepts the same lines",
  () =>
    inTemporaryFolder((folder) => {
      const names = [
        "plain",
        "b l a n k s",
        "new\nline",
        "back\\slash",
        "re\rturn",
        "\\n",
        "*",
        "ä",
      ];
      const content = "An ice core never changes.";
      for (const name of names) writeFileSync(`${folder}/${name}`, content);
      const sha512 = createHash("sha512").update(content).digest("hex");
      const lines = names.map((name) => formatDigestLine({ digest: sha512, name }));
      assert.equal(output("sha512sum", ["--", ...names], folder), `${lines.join("\n")}\n`);
      writeFileSync(`${folder}/sums`, `${lines.join("\n")}\n`);
      output("sha512sum", ["--check", "--strict", "sums"], folder);
    }),
);
