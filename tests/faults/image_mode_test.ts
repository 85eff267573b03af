import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { appearance } from "../support/programs/appearance.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { ended, icecore, icecoreArgv, inLab, type Lab, start } from "./lab.ts";

/** A lab whose folders everybody may read, as is all in its source. */
async function inPublicLab(body: (lab: Lab) => Promise<void>): Promise<void> {
  await inLab(async (lab) => {
    chmodSync(lab.folder, 0o755);
    output("chmod", ["-R", "u=rwX,go=rX", lab.source]);
    await body(lab);
  });
}

const octal = (path: string) => (statSync(path).mode & 0o7777).toString(8);

/** The modes of all that lies in the lab and begins so. */
function modesOf(lab: Lab, prefix: string): Record<string, string> {
  const names = readdirSync(lab.folder).filter((name) => name.startsWith(prefix)).sort();
  return Object.fromEntries(names.map((name) => [name, octal(lab.at(name))]));
}

/** Builds the lab's source under a umask. */
async function build(lab: Lab, umask: string, ...more: readonly string[]): Promise<void> {
  const argv = icecoreArgv(["build", "source", "-o", "out.img", "--force", ...more]);
  const script = `umask ${umask}; exec "$@"`;
  const { code, stderr } = await ended(start(lab, ["sh", "-c", script, "sh", ...argv]));
  assert.equal(code, 0, stderr);
}

for (const [umask, mode] of Object.entries({ "022": "644", "002": "664", "077": "600" })) {
  testWith({}, `an image of what all may read has mode ${mode} under umask ${umask}`, async () => {
    await inPublicLab(async (lab) => {
      await build(lab, umask);
      assert.deepEqual(modesOf(lab, "out"), { "out.img": mode, "out.img.sha512": mode });
    });
  });
}

const SECRETS: Readonly<Record<string, (lab: Lab) => void>> = {
  "a file that others may not read": (lab) => chmodSync(`${lab.source}/one`, 0o640),
  "a file that nobody may read": (lab) => chmodSync(`${lab.source}/one`, 0o000),
  "a folder that others may not search": (lab) => chmodSync(`${lab.source}/inner`, 0o744),
  "a folder that others may not list": (lab) => chmodSync(`${lab.source}/inner`, 0o711),
  "a source that others may not search": (lab) => chmodSync(lab.source, 0o700),
  "a way to the source that others may not go": (lab) => {
    mkdirSync(lab.at("private"), { mode: 0o700 });
    renameSync(lab.source, lab.at("private/source"));
    output("ln", ["-s", "private/source", lab.source]);
  },
  "a file that an ACL keeps from somebody": (lab) =>
    void output("setfacl", ["-m", "u:65534:---", `${lab.source}/one`]),
};

for (const [what, hide] of Object.entries(SECRETS)) {
  testWith(
    { root: true, programs: ["setfacl"] },
    `an image with ${what} is its owner's alone`,
    async () => {
      await inPublicLab(async (lab) => {
        hide(lab);
        await build(lab, "022");
        assert.deepEqual(modesOf(lab, "out"), { "out.img": "600", "out.img.sha512": "600" });
      });
    },
  );
}

const PLUGINS = ["verity", "par2", "age", "zstd", "split"].flatMap((name) => ["--use", name]);
const SET = [
  "split.size=64K",
  "age.recipients=age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z",
];

for (const isSecret of [false, true]) {
  const mode = isSecret ? "600" : "644";
  testWith(
    { programs: ["par2", "age"] },
    `what plugins make of an image, and what is joined again, has mode ${mode} as it has`,
    async () => {
      await inPublicLab(async (lab) => {
        if (isSecret) chmodSync(`${lab.source}/one`, 0o600);
        // Left of an earlier build, and open: they are not written to.
        for (const name of ["out.img", "out.img.sha512"]) {
          writeFileSync(lab.at(`${name}.partial`), "old", { mode: 0o666 });
        }
        await build(lab, "022", ...PLUGINS, ...SET.flatMap((each) => ["--set", each]));
        const modes = modesOf(lab, "out");
        const count = Object.keys(modes).length;
        assert.ok(count >= 9, Object.keys(modes).join(" "));
        assert.deepEqual([...new Set(Object.values(modes))], [mode]);
        const [manifest] = Object.keys(modes).filter((name) => name.endsWith(".manifest"));
        const joined = await icecore(lab, ["join", manifest!, "-o", "joined"]);
        assert.equal(joined.code, 0, joined.stderr);
        assert.equal(octal(lab.at("joined")), mode);
      });
    },
  );
}

testWith(
  {},
  "parts in a folder that others may not search are joined for their owner",
  async () => {
    await inPublicLab(async (lab) => {
      await build(lab, "022", "--use", "split", "--set", "split.size=64K");
      mkdirSync(lab.at("private"), { mode: 0o700 });
      for (const name of readdirSync(lab.folder).filter((name) => /part\d|manifest/.test(name))) {
        renameSync(lab.at(name), lab.at(`private/${name}`));
      }
      rmSync(lab.at("out.img"));
      const joined = await icecore(lab, ["join", "private/out.img.manifest", "-o", "joined"]);
      assert.equal(joined.code, 0, joined.stderr);
      assert.equal(octal(lab.at("joined")), "600");
    });
  },
);

testWith({}, "while it is built, nobody else reads an image", async () => {
  await inPublicLab(async (lab) => {
    writeFileSync(lab.at("slow.sh"), '#!/bin/sh\ntouch "$LAB/reached"\nsleep 60 & wait\n');
    chmodSync(lab.at("slow.sh"), 0o755);
    const argv = icecoreArgv(["build", "source", "-o", "out.img", "--use", "./slow.sh"]);
    const child = start(lab, argv);
    await appearance(lab.at("reached"));
    try {
      assert.equal(octal(lab.at("out.img.partial")), "600");
    } finally {
      child.kill("SIGINT");
      await ended(child);
    }
  });
});
