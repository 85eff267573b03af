import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { icecore, icecoreArgv, inLab, type Lab } from "../faults/lab.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";

const NEEDS = { root: true, programs: ["getfacl", "mkfifo", "mknod", "setfacl", "setpriv"] };

/** Root without the right to make devices, to give files away or to pass over permissions. */
const WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];

/** Devices are left out, with 3, by those who may not make them. */
const SCRIPT = 'umask "$0"; "$@"; code=$?; test $code = 0 || test $code = 3';

/** One of every type, with and without ACLs of its own. */
function fill(lab: Lab): string[] {
  const at = (name: string) => lab.at(`source/${name}`);
  const names = ["plain", "own-acl", "folder", "fifo", "fifo-acl", "char", "block", "link"];
  for (const name of ["plain", "own-acl"]) writeFileSync(at(name), name);
  mkdirSync(at("folder"));
  for (const name of ["fifo", "fifo-acl"]) output("mkfifo", [at(name)]);
  output("mknod", [at("char"), "c", "1", "3"]);
  output("mknod", [at("block"), "b", "7", "200"]);
  for (const name of names.filter((each) => each !== "link")) chmodSync(at(name), 0o660);
  for (const name of ["own-acl", "fifo-acl"]) output("setfacl", ["-m", "u:3000:r", at(name)]);
  symlinkSync("plain", at("link"));
  return names;
}

/** Who may do what with each name that was extracted. */
function aclsOf(lab: Lab, target: string, names: readonly string[]): Record<string, string> {
  const there = names.filter((name) => name !== "link" && existsSync(lab.at(`${target}/${name}`)));
  return Object.fromEntries(there.map((name) => {
    const path = lab.at(`${target}/${name}`);
    return [name, output("getfacl", ["--absolute-names", "--omit-header", path])];
  }));
}

for (const [who, wrapper] of [["root", []], ["others", WITHOUT_RIGHTS]] as const) {
  testWith(
    NEEDS,
    `what is extracted has no ACL of the folder it lies in (${who})`,
    () =>
      inLab(async (lab) => {
        const names = fill(lab);
        const built = await icecore(lab, ["build", "source/.", "-o", "out.img"]);
        assert.equal(built.code, 0, built.stderr);
        for (const target of ["bare", "inheriting"]) mkdirSync(lab.at(target));
        output("setfacl", ["-d", "-m", "u:2000:rwx,m::rwx", lab.at("inheriting")]);
        const acls: Record<string, Record<string, string>> = {};
        for (const umask of ["000", "022", "077"]) {
          for (const target of ["bare", "inheriting"]) {
            const extract = icecoreArgv(["extract", "out.img", "-o", target, "--force"]);
            const argv = ["sh", "-c", SCRIPT, umask, ...wrapper, ...extract];
            output("env", ["-C", lab.folder, ...argv]);
            acls[target] = aclsOf(lab, target, names);
          }
          assert.deepEqual(acls["inheriting"], acls["bare"], `umask ${umask}`);
          assert.ok(Object.keys(acls["bare"]!).length >= (who === "root" ? 7 : 5));
          assert.match(acls["bare"]!["fifo-acl"]!, /^user:3000:r--/m, "its own ACL is kept");
        }
      }),
  );
}
