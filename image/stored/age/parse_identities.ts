/**
 * Identities out of the files that `age-keygen` and `ssh-keygen` make.
 * @module
 */

import type { Decrypter } from "age-encryption";
import { startsWith } from "../starts_with.ts";
import { ARMOR_BEGIN } from "./armor_layer.ts";
import { AGE_MAGIC } from "./header.ts";
import { badIdentity } from "./identity.ts";
import { OPENSSH_BEGIN, parseOpenSshKey } from "./openssh_key.ts";
import { pluginIdentity, pluginOf, type PluginPorts } from "./plugin_identity.ts";
import { sshIdentity } from "./ssh_identity.ts";

/** What was found in the files. */
export interface ParsedIdentities {
  /** Adds them to a decrypter that does not have them yet. */
  readonly add: readonly ((to: Decrypter) => void)[];
  /** Files that are encrypted with a passphrase themselves; to be opened where nothing else helps. */
  readonly encrypted: readonly { readonly which: string; readonly bytes: Uint8Array }[];
}

/**
 * Reads identities.
 *
 * @param files The contents of each file.
 * @throws EnvironmentError `bad-identity`: it never shows what is in the file.
 */
export function parseIdentities(
  files: readonly (string | Uint8Array)[],
  ports: PluginPorts,
): ParsedIdentities {
  const add: ((to: Decrypter) => void)[] = [];
  const encrypted: { which: string; bytes: Uint8Array }[] = [];
  /** Asked last: they may want somebody to touch a token. */
  const byPrograms: ((to: Decrypter) => void)[] = [];
  for (const [index, file] of files.entries()) {
    const which = files.length === 1 ? "the identity" : `identity ${index + 1}`;
    const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
    if (startsWith(bytes, AGE_MAGIC) || startsWith(bytes, ARMOR_BEGIN)) {
      encrypted.push({ which, bytes });
      continue;
    }
    const text = typeof file === "string" ? file : new TextDecoder().decode(file);
    if (text.includes(OPENSSH_BEGIN)) {
      const identity = sshIdentity(parseOpenSshKey(text, which), ports.ask);
      add.push((to) => to.addIdentity(identity));
      continue;
    }
    for (const line of linesOf(text, which)) {
      const program = pluginOf(line);
      if (program === undefined) add.push(nativeIdentity(line, which));
      else {
        const identity = pluginIdentity(line, program, ports);
        byPrograms.push((to) => to.addIdentity(identity));
      }
    }
  }
  return { add: [...add, ...byPrograms], encrypted };
}

function linesOf(text: string, which: string): string[] {
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(text)) {
    throw badIdentity(
      which,
      "it is a private key in an old form. Convert a copy of it with ssh-keygen -p, and name the copy.",
    );
  }
  const lines = text.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length > 0) return lines;
  throw badIdentity(
    which,
    "there is none in it. Name the file that age-keygen or ssh-keygen made.",
  );
}

function nativeIdentity(line: string, which: string): (to: Decrypter) => void {
  if (/^(age1|ssh-)/.test(line)) {
    throw badIdentity(
      which,
      "it is a public key, which only encrypts. Name the file with the private one.",
    );
  }
  return (to) => {
    try {
      to.addIdentity(line);
    } catch {
      // The library's own words may quote the key.
      throw badIdentity(
        which,
        "there is a line in it that is not an age identity: those begin with AGE-SECRET-KEY-. " +
          "Name the file that age-keygen or ssh-keygen made.",
      );
    }
  };
}
