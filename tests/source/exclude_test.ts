import assert from "node:assert/strict";
import { compileExcludes } from "../../source/exclude.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A path, with a slash at its end where it is a folder. */
function isExcluded(pattern: string, path: string | Uint8Array): boolean {
  const isFolder = typeof path === "string" && path.endsWith("/");
  const whole = typeof path === "string"
    ? bytes(path.replace(/\/$/, ""))
    : path;
  const name = whole.subarray(whole.lastIndexOf(0x2f) + 1);
  return compileExcludes([pattern])!.matches(whole, name, isFolder);
}

const rows: readonly (readonly [
  pattern: string,
  yes: readonly string[],
  no: readonly string[],
])[] = [
  ["*.tmp", ["a.tmp", "deep/er/a.tmp", ".tmp", "new\nline.tmp"], [
    "a.tmpx",
    "tmp",
  ]],
  ["cache", ["cache", "cache/", "a/cache/"], ["cached", "a/cache/b"]],
  ["cache/", ["cache/", "a/cache/"], ["cache", "a/cache"]],
  ["/cache", ["cache", "cache/"], ["a/cache"]],
  ["a/b", ["a/b"], ["x/a/b", "a/b/c"]],
  ["./a/b", ["a/b"], ["x/a/b"]],
  ["a/*", ["a/b", "a/.b"], ["a/b/c", "a"]],
  ["a/**", ["a/b", "a/b/c", "a/new\nline/c"], ["b/a/c"]],
  ["**/x", ["x", "a/x", "a\n/b/x"], ["x/y"]],
  ["?", ["a", "é", "😀"], ["ab", ""]],
  ["[äö]", ["ä"], ["é"]],
  ["[!a]", ["b"], ["a", "bb"]],
  ["*(x)", ["y(x)"], ["x", "xx"]],
  ['"a*"', ['"ab"'], ["ab"]],
  ["[a-c].txt", ["b.txt"], ["d.txt"]],
  ["*.{tmp,bak}", ["a.tmp", "a.bak"], ["a.txt"]],
  ["photo (1).jpg", ["photo (1).jpg"], ["photo 1.jpg"]],
  ["a+b", ["a+b"], ["aab"]],
  ["a$b^c|d", ["a$b^c|d"], ["a"]],
  ["\\*", ["*"], ["a"]],
  ["\\!a", ["!a"], ["b"]],
  ["#a", ["#a"], ["a"]],
];

for (const [pattern, yes, no] of rows) {
  Deno.test(`--exclude ${JSON.stringify(pattern)} leaves out what it means, and no more`, () => {
    for (const path of yes) {
      assert.equal(isExcluded(pattern, path), true, `leaves out ${path}`);
    }
    for (const path of no) {
      assert.equal(isExcluded(pattern, path), false, `keeps ${path}`);
    }
  });
}

Deno.test("names that are not UTF-8 are matched byte by byte", () => {
  const name = Uint8Array.of(0x61, 0xe4, 0x2e, 0x78);
  for (const pattern of ["*.x", "a?.x", "a*", "aä.x"]) {
    assert.ok(isExcluded(pattern, name), pattern);
  }
  assert.equal(isExcluded("a.x", name), false);
});

for (const pattern of ["", "/", "!keep", "/!keep"]) {
  Deno.test(`the pattern ${JSON.stringify(pattern)} is refused`, () => {
    assert.throws(() => compileExcludes([pattern]), {
      name: "UsageError",
      code: "bad-pattern",
    });
  });
}

Deno.test("a name that was made to be slow to match is not", () => {
  const name = "-".repeat(250);
  const path = `${"-/".repeat(120)}x`;
  // By backtracking, any of these takes longer than anyone waits.
  for (
    const pattern of [
      "*-*-*-*-*-*-*-*.log",
      "*?*?*?*?*?*?*?*?.",
      "{*-,*--}{*-,*--}{*-,*--}.",
    ]
  ) {
    assert.equal(isExcluded(pattern, name), false, pattern);
  }
  assert.equal(
    isExcluded("**/-/**/-/**/-/**/-/**/-/**/-/**/-/*/y", path),
    false,
  );
});

Deno.test("a pattern that is too long is refused", () => {
  assert.throws(() => compileExcludes(["*".repeat(100_000)]), {
    code: "bad-pattern",
  });
});

Deno.test("no patterns cost nothing", () =>
  assert.equal(compileExcludes([]), undefined));

Deno.test("a pattern that matched nothing is known, one that another made needless is not", () => {
  const excludes = compileExcludes(["*.tmp", "a.tmp", "b/", "c"])!;
  const path = new TextEncoder().encode("a.tmp");
  assert.ok(excludes.matches(path, path, false));
  const file = new TextEncoder().encode("b");
  assert.ok(!excludes.matches(file, file, false));
  assert.deepEqual(excludes.unmatched, ["b/", "c"]);
});
