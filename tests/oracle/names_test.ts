import assert from "node:assert/strict";
import { JUDGE, judge } from "../support/programs/judge.ts";
import { testWith } from "../support/programs/requirements.ts";
import { file, folder, type Node, symlink } from "../support/trees/tree_builder.ts";

const BLOCK_SIZES = [1024, 2048, 4096] as const;

for (const blockSizeBytes of BLOCK_SIZES) {
  testWith(
    JUDGE,
    `names of 255 bytes, not UTF-8 or with newlines, are kept (${blockSizeBytes})`,
    () =>
      judge(
        folder([
          ["n".repeat(255), file("long")],
          [Uint8Array.of(0xff, 0xfe, 0x80), file("not UTF-8")],
          ["two\nlines\ttab\\back", file("odd")],
          [" ", file("a space")],
          ["...", file("three dots")],
          [
            Uint8Array.from({ length: 254 }, (_, i) => i + 1).filter((byte) => byte !== 0x2f),
            file(),
          ],
        ]),
        { blockSizeBytes },
      ),
  );

  testWith(
    JUDGE,
    `symbolic links of 1, 59, 60 and a block less one bytes are kept (${blockSizeBytes})`,
    () =>
      judge(
        folder(
          [1, 59, 60, 61, blockSizeBytes - 1].map((length) =>
            [`${length}`, symlink("t".repeat(length))] as const
          ),
        ),
        { blockSizeBytes },
      ),
  );
}

testWith(JUDGE, "a path of 10,000 bytes leads to its file", () => {
  let inner: Node = file("deep");
  for (let depth = 0; depth < 50; depth++) inner = folder([["d".repeat(199), inner]]);
  return judge(folder([["top", inner]]));
});

testWith(
  JUDGE,
  "an empty tree gets a lost+found, in few blocks",
  () =>
    judge(folder(), {}, ({ plan }) => {
      assert.ok(plan.sizeBytes <= 16 * 1024, `${plan.sizeBytes} bytes`);
    }),
);

testWith(
  JUDGE,
  "a lost+found in the root is that folder, with what is in it",
  () =>
    judge(folder({ "a": file("1"), "lost+found": folder({ "#12": file("found") }, { uid: 7 }) })),
);

testWith(JUDGE, "folders may have a few names more or less than a block holds", () => {
  const countFrom = 165, countTo = 175;
  const folders = Array.from({ length: countTo - countFrom }, (_, i) => {
    const names = Array.from({ length: countFrom + i }, (_, n) => `name-${1000 + n}-abcd`);
    return [`${i}`, folder(names.map((name) => [name, file()] as const))] as const;
  });
  return judge(folder(folders));
});
