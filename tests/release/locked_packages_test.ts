import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { auditOf, packageLock } from "../../release/audit.ts";
import { billOfMaterials, purl } from "../../release/bill_of_materials.ts";
import { licenceOf, licencesPage } from "../../release/licences.ts";
import { directPackages, lockedPackages } from "../../release/locked_packages.ts";
import { repositoryRoot } from "../lint/source_files.ts";

const LOCK = JSON.stringify({
  version: "5",
  specifiers: { "npm:@a/one@1.0.0": "1.0.0_two@2.0.0" },
  npm: {
    "@a/one@1.0.0_two@2.0.0": { integrity: "sha512-AQI=", dependencies: ["two@2.0.0", "three"] },
    "three@3.0.0": { integrity: "sha512-Aw==" },
    "two@1.0.0": { integrity: "sha512-BA==" },
    "two@2.0.0": { integrity: "sha512-BQ==" },
  },
});

Deno.test("a lock file names packages, their digests and what they need", () => {
  assert.deepEqual(lockedPackages(LOCK), [
    { name: "@a/one", version: "1.0.0", sha512: "0102", needs: ["three@3.0.0", "two@2.0.0"] },
    { name: "three", version: "3.0.0", sha512: "03", needs: [] },
    { name: "two", version: "1.0.0", sha512: "04", needs: [] },
    { name: "two", version: "2.0.0", sha512: "05", needs: [] },
  ]);
  assert.deepEqual(directPackages(LOCK), ["@a/one@1.0.0"]);
  assert.throws(() => lockedPackages('{"version":"6"}'), /version 6/);
});

Deno.test("the bill of materials has each locked package, and the same bytes each time", () => {
  const text = readFileSync(`${repositoryRoot}/deno.lock`, "utf8");
  const packages = lockedPackages(text);
  const make = () =>
    billOfMaterials(
      {
        ...{ name: "icecore", version: "1.2.3", licence: "MIT", epoch: 1_700_000_000 },
        needs: directPackages(text),
        runtime: { name: "bun", version: "1.4.5" },
      },
      packages,
      (each) => licenceOf(repositoryRoot, each).id,
    );
  assert.equal(make(), make());
  const bill = JSON.parse(make());
  assert.equal(bill.metadata.timestamp, "2023-11-14T22:13:20.000Z");
  assert.match(
    bill.serialNumber,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-/,
  );
  const refs = bill.components.map((each: { "bom-ref": string }) => each["bom-ref"]);
  assert.equal(new Set(refs).size, packages.length + 1);
  // Every arrow leads to a component, and every component can be reached.
  const arrows = new Map<string, string[]>(
    bill.dependencies.map((each: { ref: string; dependsOn: string[] }) => [
      each.ref,
      each.dependsOn,
    ]),
  );
  const reached = new Set<string>();
  const visit = (ref: string): void => {
    if (reached.has(ref)) return;
    reached.add(ref);
    assert.ok(arrows.has(ref), ref);
    arrows.get(ref)!.forEach(visit);
  };
  visit(purl("icecore", "1.2.3"));
  assert.deepEqual([...reached].sort(), [purl("icecore", "1.2.3"), ...refs].sort());
});

Deno.test("every package has a licence, and the page has each name", () => {
  const packages = lockedPackages(readFileSync(`${repositoryRoot}/deno.lock`, "utf8"));
  const of = (each: typeof packages[number]) => licenceOf(repositoryRoot, each);
  // Of those for other machines nothing is installed, and nothing goes into an executable.
  const unnamed = packages.filter((each) => of(each).id === undefined)
    .filter(({ name }) => !/-(darwin|win32|linux)-/.test(name));
  assert.deepEqual(unnamed.map(({ name }) => name), []);
  const page = licencesPage(packages, of);
  for (const { name, version } of packages) assert.ok(page.includes(`${name} ${version} (`), name);
});

Deno.test("an audit that was not answered, or not about all packages, says so", () => {
  const answer = (prod: number, high: number) =>
    JSON.stringify({
      metadata: { vulnerabilities: { high, total: high }, dependencies: { prod } },
    });
  assert.equal(auditOf(answer(50, 0), "", 50).summary, "no known holes");
  assert.equal(auditOf(answer(51, 2), "", 50).summary, "known holes: 2 high");
  assert.equal(auditOf(answer(1, 0), "", 50).answered, false);
  const refused = auditOf('{ "message": "405 Method Not Allowed" }', "", 50);
  assert.match(refused.summary, /did not answer .* 405 Method Not Allowed/);
});

Deno.test("the audit asks about each version of each package", () => {
  const { packages } = JSON.parse(packageLock(lockedPackages(LOCK)));
  const { "": root, ...others } = packages;
  assert.deepEqual(Object.values(others).map((each) => Object.values(each as object).join("@")), [
    "@a/one@1.0.0",
    "three@3.0.0",
    "two@1.0.0",
    "two@2.0.0",
  ]);
  assert.equal(Object.keys(root.dependencies).length, 4);
});
