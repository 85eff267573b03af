/**
 * An identity that a program of its own keeps, such as one on a hardware token: asked in the
 * protocol in which `age` asks it, for the key of a file alone.
 *
 * Format: https://c2sp.org/age-plugin
 * @module
 */

import { setTimeout as pause } from "node:timers/promises";
import { EnvironmentError } from "../../../host/environment_error.ts";
import { printable } from "../../../host/libc/paths.ts";
import { findProgram } from "../../../host/programs/find_program.ts";
import { pipeThroughProgram } from "../../../host/programs/piped_program.ts";
import type { UnwrapOptions } from "../layer.ts";
import { type AgeIdentity, type AskPassphrase, OutsideError, type Stanza } from "./identity.ts";
import { encodeStanza, StanzaReader } from "./stanza_stream.ts";

/** How long it may go on when all is said. */
const MOST_REST_MS = 1000;
/** Longer than any talk: one that goes round in circles ends. */
const MOST_REPLIES = 1000;

/** What a talk needs of whoever began it. */
export interface PluginPorts extends Pick<UnwrapOptions, "signal" | "onMessage"> {
  readonly ask: AskPassphrase;
}

/** The name of the program that keeps an identity; `undefined` where no program does. */
export function pluginOf(line: string): string | undefined {
  const name = /^AGE-PLUGIN-([A-Z0-9+._-]+)-1[A-Z0-9]+$/.exec(line)?.[1];
  return name && `age-plugin-${name.toLowerCase()}`;
}

/** @param line As it stands in the file of identities. */
export function pluginIdentity(line: string, program: string, ports: PluginPorts): AgeIdentity {
  return {
    async unwrapFileKey(stanzas) {
      if (findProgram(program) === undefined) throw missing(program);
      return await fileKeyBy(program, line, stanzas, ports);
    },
  };
}

async function fileKeyBy(
  program: string,
  line: string,
  stanzas: readonly Stanza[],
  ports: PluginPorts,
): Promise<Uint8Array | null> {
  const { signal } = ports;
  const piped = pipeThroughProgram([program, "--age-plugin=identity-v1"], {
    ...(signal === undefined ? {} : { signal }),
  });
  const writer = piped.writable.getWriter();
  const reader = new StanzaReader(piped.readable);
  const send = (args: readonly string[], body: Uint8Array = new Uint8Array()) =>
    writer.write(encodeStanza({ args, body }));
  const talk = async () => {
    await send(["add-identity", line]);
    for (const { args, body } of stanzas) await send(["recipient-stanza", "0", ...args], body);
    await send(["done"]);
    let fileKey: Uint8Array | null = null;
    for (let replies = 0; replies < MOST_REPLIES; replies++) {
      const reply = await reader.next();
      if (reply === undefined) throw failed(program, "it ended too soon");
      if (reply.args[0] === "done") return fileKey;
      if (reply.args[0] === "file-key") fileKey ??= reply.body;
      await answer(reply, program, ports, send);
    }
    throw failed(program, "it does not come to an end");
  };
  try {
    const fileKey = await talk();
    // It may have something to put away.
    await writer.close().catch(() => {});
    await Promise.race([piped.ended.catch(() => {}), pause(MOST_REST_MS)]);
    return fileKey;
  } catch (error) {
    if (signal?.aborted === true) throw new OutsideError(signal.reason);
    if (error instanceof EnvironmentError || error instanceof OutsideError) throw error;
    throw failed(program, error instanceof Error ? error.message : String(error));
  } finally {
    await piped.abort();
  }
}

async function answer(
  { args: [kind = ""], body }: Stanza,
  program: string,
  { ask, onMessage }: PluginPorts,
  send: (args: readonly string[], body?: Uint8Array) => Promise<void>,
): Promise<void> {
  switch (kind) {
    case "file-key":
      return await send(["ok"]);
    case "msg":
      onMessage?.(`${program}: ${printable(body)}`);
      return await send(["ok"]);
    case "request-secret":
    case "request-public": {
      const answer = await ask(`${program} (${printable(body)})`);
      return await send(["ok"], new TextEncoder().encode(answer));
    }
    case "confirm":
      // Nobody is there who could be asked for yes or no.
      return await send(["fail"]);
    case "error":
      throw failed(program, `it says: ${printable(body)}`);
    default:
      return await send(["unsupported"]);
  }
}

function missing(program: string): EnvironmentError {
  return new EnvironmentError(
    `cannot use the identity: it needs the program ${program}, which is not in PATH. Install it, or ` +
      "give another identity.",
    "identity-program",
  );
}

function failed(program: string, why: string): EnvironmentError {
  return new EnvironmentError(
    `cannot use the identity that ${program} keeps: ${why.replace(/\.$/, "")}. ` +
      "Look whether age can decrypt with it.",
    "identity-program",
  );
}
