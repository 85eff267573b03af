/**
 * The key of an age file, by those who can decrypt it.
 * @module
 */

import { armor, Decrypter } from "age-encryption";
import type { CorruptImageError } from "../../../ext4/image_errors.ts";
import { EnvironmentError } from "../../../host/environment_error.ts";
import type { UnwrapOptions } from "../layer.ts";
import { startsWith } from "../starts_with.ts";
import { ARMOR_BEGIN } from "./armor_layer.ts";
import { type AgeHeader, badHeader } from "./header.ts";
import { type AskPassphrase, badIdentity, OutsideError } from "./identity.ts";
import { parseIdentities } from "./parse_identities.ts";
import { scryptIdentity } from "./scrypt_identity.ts";

/**
 * Finds the key.
 *
 * @throws EnvironmentError `no-identity`, `wrong-identity`, `no-passphrase`, `wrong-passphrase`,
 * `identity-program`, `bad-identity`, `age-work-factor`; CorruptImageError `age-header`.
 */
export async function fileKeyOf(
  header: AgeHeader,
  shownName: string,
  options: DecryptOptions,
): Promise<Uint8Array> {
  try {
    return await findFileKey(header, shownName, options, (what) => passphraseOf(what, options));
  } catch (error) {
    throw error instanceof OutsideError ? error.cause : error;
  }
}

type DecryptOptions = Pick<
  UnwrapOptions,
  "identities" | "askPassphrase" | "onMessage" | "signal"
>;

async function passphraseOf(what: string, { askPassphrase }: DecryptOptions): Promise<string> {
  try {
    const passphrase = await askPassphrase?.(what);
    if (passphrase !== undefined) return passphrase;
  } catch (error) {
    throw new OutsideError(error);
  }
  throw noPassphrase(what);
}

async function findFileKey(
  header: AgeHeader,
  shownName: string,
  options: DecryptOptions,
  ask: AskPassphrase,
): Promise<Uint8Array> {
  if (header.recipientKinds.includes("scrypt")) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(scryptIdentity(shownName, ask));
    return await decryptHeader(decrypter, header, shownName) ?? fail(badEntry(shownName));
  }
  const { identities = [] } = options;
  if (identities.length === 0) throw noIdentity(header, shownName);
  const { signal, onMessage } = options;
  const ports = { ask, onMessage, ...(signal === undefined ? {} : { signal }) };
  const parsed = parseIdentities(identities, ports);
  const decrypter = new Decrypter();
  for (const add of parsed.add) add(decrypter);
  const found = await decryptHeader(decrypter, header, shownName);
  if (found !== undefined) return found;
  for (const { which, bytes } of parsed.encrypted) {
    const inner = parseIdentities([await decryptedFile(bytes, which, ask)], ports);
    const second = new Decrypter();
    for (const add of inner.add) add(second);
    const key = await decryptHeader(second, header, shownName);
    if (key !== undefined) return key;
  }
  throw wrongIdentity(header, shownName);
}

/** @returns `undefined` where none of the identities is one of its recipients. */
async function decryptHeader(
  decrypter: Decrypter,
  header: AgeHeader,
  shownName: string,
): Promise<Uint8Array | undefined> {
  let isNobodys = false;
  // Asked last: whoever came before could do nothing with it.
  decrypter.addIdentity({
    unwrapFileKey() {
      isNobodys = true;
      return null;
    },
  });
  try {
    return await decrypter.decryptHeader(header.bytes);
  } catch (error) {
    if (isNobodys) return undefined;
    if (isFinal(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw badHeader(shownName, why, { cause: error });
  }
}

/** All others are the library's, about what is in the header. */
function isFinal(error: unknown): boolean {
  return error instanceof EnvironmentError || error instanceof OutsideError;
}

/** An identity file that is encrypted with a passphrase. */
async function decryptedFile(
  bytes: Uint8Array,
  which: string,
  ask: AskPassphrase,
): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(scryptIdentity(which, ask));
  try {
    const plain = startsWith(bytes, ARMOR_BEGIN)
      ? armor.decode(new TextDecoder().decode(bytes))
      : bytes;
    return await decrypter.decrypt(plain, "text");
  } catch (error) {
    if (isFinal(error)) throw error;
    throw badIdentity(
      which,
      "it is an age file that is damaged, or not encrypted with a passphrase. Name another.",
    );
  }
}

function fail(error: Error): never {
  throw error;
}

function badEntry(shownName: string): CorruptImageError {
  return badHeader(shownName, "the entry of its passphrase is malformed");
}

/** Its recipients, as people call them. */
function recipientsOf({ recipientKinds }: AgeHeader): string {
  const kinds = [...new Set(recipientKinds)].map((kind) => KINDS[kind] ?? kind).slice(0, 5);
  return kinds.join(", ");
}

const KINDS: Readonly<Record<string, string>> = {
  X25519: "age1…",
  mlkem768x25519: "age1pq1…",
};

function noIdentity(header: AgeHeader, shownName: string): EnvironmentError {
  return new EnvironmentError(
    `cannot read ${shownName}: it is encrypted with age (to ${recipientsOf(header)}), and no ` +
      "identity is given. Give the file with the private key.",
    "no-identity",
  );
}

function wrongIdentity(header: AgeHeader, shownName: string): EnvironmentError {
  return new EnvironmentError(
    `cannot read ${shownName}: it is encrypted with age to somebody else (to ` +
      `${recipientsOf(header)}). Give the private key of one of its recipients.`,
    "wrong-identity",
  );
}

function noPassphrase(what: string): EnvironmentError {
  return new EnvironmentError(
    `cannot decrypt ${what}: it is encrypted with a passphrase, and none is given. Give it.`,
    "no-passphrase",
  );
}
