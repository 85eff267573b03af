import { OUT, type Refusal, testRefusals } from "./refusal.ts";

testRefusals([
  ...["50Q", "0", "nonsense", "-1", "1e9G"].map((size): Refusal => ({
    name: `the size ${JSON.stringify(size)}`,
    args: ["source", ...OUT, `--size=${size}`],
    code: 2,
    says: new RegExp(`cannot use "${size}" for allocate.size: it is `),
  })),
  {
    name: "an empty size",
    args: ["source", ...OUT, "--size="],
    code: 2,
    says: /cannot use the argument of --size: it is empty\. Look whether a variable is not set/,
  },
  {
    name: "a label that is too long",
    args: ["source", ...OUT, "--label", "seventeen letters"],
    code: 2,
    says: /cannot use "seventeen letters" as the label: it has 17 bytes, and ext4 holds 16/,
  },
  {
    name: "an invalid UUID",
    args: ["source", ...OUT, "--uuid", "1234"],
    code: 2,
    says: /cannot use "1234" as the UUID: it is not a UUID\. Write one as uuidgen prints it/,
  },
  {
    name: "all times, where the kernel sets two of them",
    args: ["source", ...OUT, "--times", "all"],
    code: 2,
    says:
      /cannot keep all times with the recipe e2fsprogs: the kernel sets the change and creation/,
  },
  {
    name: "an unknown step",
    args: ["source", ...OUT, "--without", "shrik"],
    code: 2,
    says: /cannot find a step named "shrik" in recipe e2fsprogs\. Did you mean shrink\?/,
  },
  {
    name: "an unknown recipe",
    args: ["source", "-o", "out.img", "--recipe", "e2fsprog"],
    code: 2,
    says:
      /cannot use the recipe "e2fsprog": there is no recipe of that name\. Did you mean e2fsprogs\?/,
  },
  {
    name: "an option of a step that it does not have",
    args: ["source", ...OUT, "--set", "hash.algoritm=md5"],
    code: 2,
    says: /cannot set hash\.algoritm: step hash has no such option\. Did you mean algorithm\?/,
  },
  {
    name: "a setting without a step",
    args: ["source", ...OUT, "--set", "label"],
    code: 2,
    says: /cannot use --set label…: it is not of the form STEP\.OPTION=VALUE/,
  },
  {
    name: "a file system check while it is mounted",
    args: ["source", ...OUT, "--without", "unmount"],
    code: 2,
    says:
      /cannot run fsck after copy: the image is mounted then, .* unmounted .*add the step that makes it so/,
  },
  {
    name: "steps that never make an image",
    args: ["source", ...OUT, "--without", "unmount", "--without", "fsck", "--without", "shrink"]
      .concat(["--without", "readonly", "--without", "hash"]),
    code: 2,
    says: /the image would be left mounted\. Add the steps that finish it; see: icecore steps/,
  },
  {
    name: "a pattern that would leave out everything but one name",
    args: ["source", ...OUT, "--exclude", "!keep"],
    code: 2,
    says: /cannot exclude "!keep": an exclamation mark at its beginning/,
  },
  {
    name: "a file of patterns that is a folder",
    args: ["source", ...OUT, "--exclude-from", "source"],
    code: 2,
    says: /cannot read the patterns in source: it is a folder\./,
  },
  {
    name: "a file of patterns that is missing",
    args: ["source", ...OUT, "--exclude-from", "patterns"],
    code: 2,
    says:
      /cannot read the patterns in patterns: no such file or directory\. Correct the path, or allow it to be read \(--exclude-from\)/,
  },
]);
