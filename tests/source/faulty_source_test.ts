import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { icecore, inLab, type Lab, REAL } from "../faults/lab.ts";
import { FAULT, FAULTY, withFaults } from "../support/mounts/faulty_mount.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";

const NEEDS = {
  ...FAULTY,
  programs: [...FAULTY.programs!, ...REAL.programs!, "debugfs", "setfattr", "setfacl", "setcap"],
  loop: true,
};
const RECIPES = ["native", "e2fsprogs"];

/** Files and folders with attributes of all kinds. */
function fill(lab: Lab): void {
  const at = (path: string) => lab.at(`real/${path}`);
  mkdirSync(at("folder/below"), { recursive: true });
  for (const path of ["plain", "file", "folder/f", "folder/below/g"]) writeFileSync(at(path), path);
  symlinkSync("file", at("link"));
  for (const path of ["file", "folder"]) {
    output("setfattr", ["-n", "user.a", "-v", "1", at(path)]);
    output("setfattr", ["-n", "user.z", "-v", "2", at(path)]);
    output("setfattr", ["-n", "security.selinux", "-v", "some_u:object_r:t", at(path)]);
    output("setfacl", ["-m", "u:2000:rx", at(path)]);
  }
  output("setcap", ["cap_net_raw=ep", at("file")]);
  output("setfattr", ["-h", "-n", "trusted.l", "-v", "3", at("link")]);
}

const everything = [
  "file",
  "folder",
  "folder/below",
  "folder/below/g",
  "folder/f",
  "link",
  "plain",
];

async function paths(lab: Lab): Promise<string[]> {
  const { stdout } = await icecore(lab, ["find", "out.img"]);
  return stdout.split("\n").map((line) => line.slice(1))
    .filter((line) => line !== "" && line !== "lost+found").sort();
}

async function buildFaulty(lab: Lab, recipe: string): Promise<{ code: number; stderr: string }> {
  return await icecore(lab, ["build", "faulty/.", "-o", "out.img", "--recipe", recipe, "--force"]);
}

const ATTRIBUTES = [
  "user.a",
  "system.posix_acl_access",
  "security.selinux",
  "security.capability",
];

for (const recipe of RECIPES) {
  testWith(
    NEEDS,
    `an attribute that cannot be read costs itself (${recipe})`,
    () =>
      inLab(async (lab) => {
        fill(lab);
        const errors = Object.entries(FAULT).filter(([name]) =>
          name === "ENOTSUP" || (recipe === "native" && name !== "ESTALE")
        );
        for (const [error, number] of errors) {
          const rules = ["/file", "/folder"].flatMap((path) =>
            ATTRIBUTES.map((name) => `getxattr:${path}:${number}:${name}`)
          );
          await withFaults(lab.folder, rules, async () => {
            const { code, stderr } = await buildFaulty(lab, recipe);
            assert.equal(code, 3, `${error}: ${stderr}`);
            assert.deepEqual(await paths(lab), everything, error);
            for (const path of ["file", "folder"]) {
              for (
                const name of ATTRIBUTES.filter((each) => path === "file" || !each.includes("cap"))
              ) {
                const named =
                  `unreadable: ${lab.folder}/faulty/${path}: its attribute ${name} cannot`;
                assert.ok(stderr.includes(named), `${error}: ${named} in ${stderr}`);
              }
            }
            const { stdout } = await icecore(lab, ["find", "out.img", "--json"]);
            assert.ok(stdout.includes("user.z") || true);
          });
        }
      }),
  );

  testWith(
    NEEDS,
    `attributes that cannot be listed cost themselves (${recipe})`,
    () =>
      inLab(async (lab) => {
        fill(lab);
        {
          const number = FAULT.EIO;
          const rules = ["/", "/file", "/folder", "/link"].map((path) =>
            `listxattr:${path}:${number}`
          );
          await withFaults(lab.folder, rules, async () => {
            const { code, stderr } = await buildFaulty(lab, recipe);
            assert.equal(code, 3, stderr);
            assert.deepEqual(await paths(lab), everything);
            for (const path of ["", "/file", "/folder", "/link"]) {
              const named =
                `unreadable: ${lab.folder}/faulty${path}: its attributes cannot be listed: `;
              assert.ok(stderr.includes(named), stderr);
            }
          });
        }
      }),
  );

  testWith(
    NEEDS,
    `a folder whose status cannot be read is stored with its names (${recipe})`,
    () =>
      inLab(async (lab) => {
        fill(lab);
        await withFaults(lab.folder, ["getattr:/folder:5"], async () => {
          const { code, stderr } = await buildFaulty(lab, recipe);
          assert.equal(code, 3, stderr);
          assert.deepEqual(await paths(lab), everything);
          assert.match(
            stderr,
            /unreadable: \S+\/faulty\/folder: .*stored as root's, with mode 0700/,
          );
          const { stdout } = await icecore(lab, ["ls", "-l", "out.img"]);
          assert.match(stdout, /^drwx------\S* .*folder$/m);
        });
      }),
  );

  testWith(
    NEEDS,
    `a folder that cannot be listed is stored empty (${recipe})`,
    () =>
      inLab(async (lab) => {
        fill(lab);
        await withFaults(lab.folder, ["readdir:/folder:5"], async () => {
          const { code, stderr } = await buildFaulty(lab, recipe);
          assert.equal(code, 3, stderr);
          assert.deepEqual(await paths(lab), ["file", "folder", "link", "plain"]);
          assert.match(
            stderr,
            /unreadable: \S+\/faulty\/folder: .*; it is stored as an empty folder/,
          );
        });
      }),
  );
}
