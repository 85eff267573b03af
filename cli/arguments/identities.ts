/**
 * Who can decrypt an encrypted image: private keys in files and in the environment, and passphrases.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { multiple } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { hideVariables } from "../../host/programs/hidden_variables.ts";
import { askSecrets, canAsk } from "../../host/secret_source.ts";
import type { OpenImageOptions } from "../../image/image_reader.ts";
import { readIdentity } from "../../loading/identity_file.ts";
import { secretFromEnvironment } from "../../loading/secret_options.ts";
import { InterruptedError, UsageError } from "../../pipeline/build_errors.ts";
import { note } from "../output/output.ts";
import { fileValue } from "./file_value.ts";

/** The option, as a parser to be merged into a command's. */
export const decrypting = object("Encrypted images", {
  identity: multiple(option("--identity", fileValue("FILE"), {
    description:
      message`Decrypt with the private key in FILE: of age-keygen, or of ssh-keygen. May be given several times. Default: ICECORE_AGE_IDENTITY, or the file that ICECORE_AGE_IDENTITY_FILE names; ICECORE_AGE_PASSPHRASE, or a prompt.`,
  })),
});

/** Its values. */
export interface DecryptingValues {
  readonly identity?: readonly string[] | undefined;
}

/**
 * The option as `openImage` takes it, with what the environment has. Secrets are taken out of the
 * environment, so that no program that is run later sees them.
 *
 * @param beforeAsking Makes room for a question where progress is drawn.
 * @throws EnvironmentError, UsageError when a file or a variable cannot be used.
 */
export function decryptionOptions(
  { identity = [] }: DecryptingValues,
  beforeAsking: () => void = () => {},
): Required<Pick<OpenImageOptions, "identities" | "askPassphrase" | "onMessage">> {
  hideVariables();
  const named = identity.map(readIdentity);
  const inEnvironment = secretFromEnvironment("age", "identity");
  const identities = inEnvironment === undefined ? named : [...named, inEnvironment];
  return {
    identities,
    askPassphrase: (what) => passphraseOf(what, beforeAsking),
    onMessage(text) {
      beforeAsking();
      note(`icecore: ${text}`);
    },
  };
}

async function passphraseOf(what: string, beforeAsking: () => void): Promise<string> {
  const known = secretFromEnvironment("age", "passphrase");
  if (known !== undefined) return known;
  if (!canAsk()) {
    throw new UsageError(
      `cannot ask for the passphrase of ${what}: this is not a terminal. ` +
        "Put it into ICECORE_AGE_PASSPHRASE, or name a file that holds it in " +
        "ICECORE_AGE_PASSPHRASE_FILE.",
      "no-terminal",
    );
  }
  beforeAsking();
  const [passphrase] = await askSecrets([`Passphrase of ${what}: `]) ?? [];
  if (passphrase === undefined) throw new InterruptedError("SIGINT");
  return passphrase;
}
