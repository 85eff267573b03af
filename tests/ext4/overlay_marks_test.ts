import assert from "node:assert/strict";
import {
  escapedName,
  isOpaque,
  isWhiteout,
  OPAQUE_MARK,
  shownXattrName,
  shownXattrs,
} from "../../ext4/overlay_marks.ts";
import { S_IFBLK, S_IFCHR } from "../../ext4/tree.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array | undefined) =>
  bytes && new TextDecoder().decode(bytes);

Deno.test("an attribute is escaped once more, however often it is already, and shown once less", () => {
  for (
    const [shown, stored] of [
      ["trusted.overlay.opaque", "trusted.overlay.overlay.opaque"],
      [
        "trusted.overlay.overlay.opaque",
        "trusted.overlay.overlay.overlay.opaque",
      ],
      ["trusted.overlay.", "trusted.overlay.overlay."],
    ] as const
  ) {
    assert.equal(text(escapedName(bytes(shown))), stored);
    assert.equal(text(shownXattrName(bytes(stored))), shown);
  }
});

Deno.test("other attributes keep their names", () => {
  for (
    const name of [
      "user.overlay.opaque",
      "trusted.overlay",
      "trusted.overlayx.y",
      "trusted.x",
    ]
  ) {
    assert.equal(text(escapedName(bytes(name))), name);
    assert.equal(text(shownXattrName(bytes(name))), name);
  }
});

Deno.test("marks are not shown", () => {
  assert.deepEqual(shownXattrs([OPAQUE_MARK]), []);
  assert.equal(shownXattrName(bytes("trusted.overlay.redirect")), undefined);
});

Deno.test("a folder is opaque by y alone: x means something else to the kernel", () => {
  assert.ok(isOpaque([OPAQUE_MARK]));
  assert.ok(!isOpaque([{ ...OPAQUE_MARK, value: bytes("x") }]));
  assert.ok(!isOpaque([{ ...OPAQUE_MARK, value: bytes("yy") }]));
  assert.ok(!isOpaque([]));
});

Deno.test("a whiteout is a character device 0/0, whatever its permissions", () => {
  const none = { major: 0, minor: 0 };
  assert.ok(isWhiteout(S_IFCHR, none));
  assert.ok(isWhiteout(S_IFCHR | 0o644, none));
  assert.ok(!isWhiteout(S_IFBLK, none));
  assert.ok(!isWhiteout(S_IFCHR, { major: 0, minor: 1 }));
  assert.ok(!isWhiteout(S_IFCHR, undefined));
});
