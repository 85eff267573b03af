/**
 * Certificates of an authority of the tests' own, made by openssl.
 * @module
 */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

/** What making them needs of the machine. */
export const OPENSSL = { programs: ["openssl"] };

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** When a certificate is valid, as openssl writes times. */
export interface Validity {
  readonly from: string;
  readonly to: string;
}

/** Certificates of 127.0.0.1, but for one. */
export interface Certificates {
  /** The file of the authority's own certificate. */
  readonly authority: string;
  readonly good: Certificate;
  readonly otherName: Certificate;
  readonly expired: Certificate;
  readonly future: Certificate;
}

const HERE = "IP:127.0.0.1,DNS:localhost,DNS:store.test";
const ALWAYS: Validity = { from: "20200101000000Z", to: "20991231000000Z" };

/** Makes an authority in a folder, and what it signs. */
export function makeCertificates(folder: string): Certificates {
  const authority = `${folder}/authority.pem`;
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", `${folder}/authority.key`, "-out", authority)(
    ...["-days", "30", "-subj", "/CN=authority of the tests"],
  );
  writeFileSync(`${folder}/index.txt`, "");
  writeFileSync(`${folder}/serial`, "01\n");
  writeFileSync(
    `${folder}/ca.cnf`,
    `[ca]\ndefault_ca=own\n[own]\ndatabase=${folder}/index.txt\nnew_certs_dir=${folder}\n` +
      `serial=${folder}/serial\ndefault_md=sha256\npolicy=any\nunique_subject=no\n[any]\n` +
      "commonName=supplied\n",
  );
  const make = (name: string, names: string, { from, to }: Validity): Certificate => {
    const path = `${folder}/${name}`;
    openssl("req", ...key, "-keyout", `${path}.key`, "-out", `${path}.csr`)("-subj", `/CN=${name}`);
    writeFileSync(`${path}.ext`, `subjectAltName=${names}\n`);
    openssl("ca", "-batch", "-notext", "-config", `${folder}/ca.cnf`, "-cert", authority)(
      ...["-keyfile", `${folder}/authority.key`, "-in", `${path}.csr`, "-out", `${path}.pem`],
      ...["-extfile", `${path}.ext`, "-startdate", from, "-enddate", to],
    );
    return {
      cert: readFileSync(`${path}.pem`, "utf8"),
      key: readFileSync(`${path}.key`, "utf8"),
    };
  };
  return {
    authority,
    good: make("good", HERE, ALWAYS),
    otherName: make("other", "DNS:other.example", ALWAYS),
    expired: make("expired", HERE, { from: "20200101000000Z", to: "20210101000000Z" }),
    future: make("future", HERE, { from: "20980101000000Z", to: "20991231000000Z" }),
  };
}

function openssl(...first: string[]): (...rest: string[]) => void {
  return (...rest) => {
    const { status, stderr } = spawnSync("openssl", [...first, ...rest]);
    if (status !== 0) throw new Error(`openssl ${first[0]} ended with ${status}: ${stderr}`);
  };
}
