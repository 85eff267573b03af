/**
 * A passphrase as an identity of age.
 *
 * Format: https://age-encryption.org/v1, "The scrypt recipient type"
 * @module
 */

import { scrypt } from "node:crypto";
import { promisify } from "node:util";
import { EnvironmentError } from "../../../host/environment_error.ts";
import { type AgeIdentity, type AskPassphrase, type Stanza, wrongPassphrase } from "./identity.ts";
import { unwrapKey } from "./wrapped_key.ts";

const LABEL = "age-encryption.org/v1/scrypt";
const SALT_BYTES = 16;
/** The same as the program's: each step doubles time and memory, and this one takes 4 GiB. */
const MOST_WORK_FACTOR = 22;
const BLOCK_SIZE = 8;

const derive = promisify<string, Uint8Array, number, object, Uint8Array>(scrypt);

/** @param what What is decrypted, for the question and for messages. */
export function scryptIdentity(what: string, ask: AskPassphrase): AgeIdentity {
  return {
    async unwrapFileKey(stanzas) {
      const stanza = stanzas.find(({ args }) => args[0] === "scrypt");
      if (stanza === undefined) return null;
      if (stanzas.length !== 1) throw new Error("a passphrase is not its only recipient");
      const { salt, workFactor } = parametersOf(stanza);
      // Before anybody is asked.
      if (workFactor > MOST_WORK_FACTOR) throw tooMuchWork(what, workFactor);
      const passphrase = await ask(what);
      const N = 2 ** workFactor;
      const options = { N, r: BLOCK_SIZE, p: 1, maxmem: 2 * 128 * N * BLOCK_SIZE };
      const key = await derive(passphrase, Buffer.concat([Buffer.from(LABEL), salt]), 32, options);
      const fileKey = await unwrapKey(stanza.body, key);
      if (fileKey === undefined) throw wrongPassphrase(what);
      return fileKey;
    },
  };
}

function parametersOf({ args }: Stanza): { salt: Uint8Array; workFactor: number } {
  const [, salt = "", workFactor = ""] = args;
  const bytes = Buffer.from(salt, "base64");
  if (args.length !== 3 || bytes.length !== SALT_BYTES || !/^[1-9][0-9]{0,8}$/.test(workFactor)) {
    throw new Error("the entry of its passphrase is malformed");
  }
  return { salt: bytes, workFactor: Number(workFactor) };
}

function tooMuchWork(what: string, workFactor: number): EnvironmentError {
  return new EnvironmentError(
    `cannot decrypt ${what}: its header asks for 2^${workFactor} rounds of scrypt, and age does at ` +
      `most 2^${MOST_WORK_FACTOR}. Whoever made it meant to keep a machine busy; use another copy.`,
    "age-work-factor",
  );
}
