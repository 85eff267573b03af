/**
 * The bill of materials: CycloneDX 1.6, as JSON.
 * @module
 */

import { createHash } from "node:crypto";
import type { LockedPackage } from "./locked_packages.ts";

/** What a bill is about. */
export interface Subject {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** The packages it names itself, as `name@version`. */
  readonly needs: readonly string[];
  /** What it is compiled with, which becomes a part of each executable. */
  readonly runtime: { readonly name: string; readonly version: string };
  /** The time of the release, in seconds since 1970. */
  readonly epoch: number;
}

/**
 * The bill; the same input gives the same bytes.
 *
 * @param licenceOf What a package's own `package.json` calls its licence.
 */
export function billOfMaterials(
  subject: Subject,
  packages: readonly LockedPackage[],
  licenceOf: (each: LockedPackage) => string | undefined,
): string {
  const { name, version, licence, runtime, epoch } = subject;
  const self = purl(name, version);
  const runtimeUrl = purl(runtime.name, runtime.version);
  const bill = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString(),
      component: {
        type: "application",
        "bom-ref": self,
        name,
        version,
        licenses: licences(licence),
        purl: self,
      },
    },
    components: [
      {
        type: "platform",
        "bom-ref": runtimeUrl,
        name: runtime.name,
        version: runtime.version,
        description: "the runtime that is a part of each executable",
        licenses: licences("MIT"),
        purl: runtimeUrl,
      },
      ...packages.map((each) => {
        const url = purl(each.name, each.version);
        const own = licenceOf(each);
        return {
          type: "library",
          "bom-ref": url,
          name: each.name,
          version: each.version,
          hashes: [{ alg: "SHA-512", content: each.sha512 }],
          ...(own === undefined ? {} : { licenses: licences(own) }),
          purl: url,
        };
      }),
    ],
    dependencies: [
      { ref: self, dependsOn: [runtimeUrl, ...subject.needs.map(purlOfId)] },
      { ref: runtimeUrl, dependsOn: [] },
      ...packages.map((each) => ({
        ref: purl(each.name, each.version),
        dependsOn: each.needs.map(purlOfId),
      })),
    ],
  };
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(bill))}`;
  return `${JSON.stringify({ ...bill, serialNumber }, undefined, 2)}\n`;
}

/** The address of an npm package, e.g. `pkg:npm/%40noble/ciphers@2.4.0`. */
export function purl(name: string, version: string): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function purlOfId(id: string): string {
  const end = id.indexOf("@", 1);
  return purl(id.slice(0, end), id.slice(end + 1));
}

/** `(MIT OR GPL-3.0-or-later)` is an expression, `MIT` an identifier. */
function licences(text: string): readonly object[] {
  return /\s/.test(text) ? [{ expression: text }] : [{ license: { id: text } }];
}

/** A UUID of the bill's contents, of version 8. */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
