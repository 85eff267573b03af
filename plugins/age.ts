/**
 * `age`: encrypts the image to recipients or with a passphrase. `age -d` gives it back.
 * @module
 */

import { readFileSync } from "node:fs";
import {
  type ByteStage,
  defineStep,
  EnvironmentError,
  type OptionsSchema,
  type OptionValues,
  type Step,
  ToolError,
  UsageError,
} from "../mod.ts";

import { fileForm, findProgram, messageOf, pipeThroughProgram } from "../plugin.ts";
import { checked } from "./age/checked.ts";

const options = {
  recipients: {
    type: "strings",
    help: "public keys it is encrypted to: age1…, age1pq1…, ssh-ed25519 …, ssh-rsa …",
  },
  recipientsFile: { type: "string", help: "a file with public keys, one a line" },
  passphrase: { type: "string", help: "encrypt with this instead", secret: true, confirm: true },
  engine: {
    type: "string",
    help: "the age program, which is faster, or the library",
    choices: ["auto", "program", "library"],
    default: "auto",
  },
} as const satisfies OptionsSchema;

/** To whom, as the options say. */
interface Recipients {
  readonly keys: readonly string[];
  readonly file: string | undefined;
  readonly passphrase: string | undefined;
}

const stream: NonNullable<Step<typeof options>["stream"]> = async (
  { name },
  context,
): Promise<ByteStage> => {
  const recipients = recipientsOf(context.options);
  const engine = await chooseEngine(recipients, context.options.engine);
  const encryption = await encryptionBy(engine, recipients, {
    signal: context.signal,
    workdir: context.workdir,
    onStart: (argv) => context.emit({ type: "command", argv }),
  });
  return { ...encryption, name: `${name}.age` };
};

/** Encrypts what is to be kept elsewhere; the image itself stays as it is. */
const age = defineStep({
  name: "age",
  summary: "encrypt it with age, to recipients or with a passphrase",
  after: "hash",
  accepts: ["sealed", "unmounted", "formatted"],
  shell: false,
  transforms: true,
  reads: "payload",
  options,
  async check({ options, output }) {
    if (output === "-") {
      throw new UsageError(
        "cannot encrypt an image that goes to stdout: there is no file to lay the encrypted one " +
          "beside. Name one, or pipe the image to the program age.",
        "cannot-stream",
      );
    }
    await chooseEngine(recipientsOf(options), options.engine);
  },
  stream,
  run: fileForm("age", stream),
});

export default age;

/** The argv of the program that encrypts its stdin. */
export function programArgv({ keys, file }: Pick<Recipients, "keys" | "file">): string[] {
  const toKeys = keys.flatMap((key) => ["--recipient", key]);
  return ["age", "--encrypt", ...toKeys, ...file === undefined ? [] : ["--recipients-file", file]];
}

function recipientsOf(given: OptionValues<typeof options>): Recipients {
  const keys = (given.recipients ?? []).map((key) => key.trim()).filter((key) => key !== "");
  // A hyphen alone would be the program's stdin, which is the image.
  const file = given.recipientsFile === "-" ? "./-" : given.recipientsFile;
  const passphrase = given.passphrase;
  const isToKeys = keys.length > 0 || file !== undefined;
  if (isToKeys === (passphrase !== undefined)) {
    throw new UsageError(
      isToKeys
        ? "cannot encrypt to recipients and with a passphrase at once: age files have one or the " +
          "other. Leave one out."
        : "cannot encrypt: no recipient is given. Set age.recipients, age.recipientsFile or " +
          "age.passphrase.",
      "no-recipient",
    );
  }
  if (passphrase === "") {
    throw new UsageError("cannot encrypt with an empty passphrase. Set another.", "bad-recipient");
  }
  // Not left to the program: its message would repeat the key.
  if (keys.some((key) => /^AGE-(SECRET-KEY|PLUGIN)-/i.test(key) || key.includes("PRIVATE KEY"))) {
    throw new UsageError(
      "cannot encrypt to a secret key: whoever sees it can decrypt. " +
        "Give the public one, which age-keygen -y prints.",
      "bad-recipient",
    );
  }
  return { keys, file, passphrase };
}

type Engine = "program" | "library";

/** The engine that can encrypt to these recipients, found by letting each try on nothing. */
async function chooseEngine(recipients: Recipients, wanted: unknown): Promise<Engine> {
  const { passphrase } = recipients;
  // The program reads a passphrase from a terminal alone.
  const canProgram = passphrase === undefined && findProgram("age") !== undefined;
  if (wanted === "program" && !canProgram) {
    throw passphrase === undefined
      ? new EnvironmentError(
        "cannot find the program age. Install it with: apt-get install age",
        "missing-program",
      )
      : new UsageError(
        "cannot give the program age a passphrase: it takes one from a terminal alone. " +
          "Leave age.engine out.",
        "bad-option",
      );
  }
  // Any passphrase will do, and trying one takes seconds.
  if (passphrase !== undefined) return "library";
  const refusals: string[] = [];
  if (canProgram && wanted !== "library") {
    try {
      await encryptNothing("program", recipients);
      return "program";
    } catch (error) {
      // One that lies is not passed over in silence.
      if (error instanceof EnvironmentError && error.code === "wrong-output") throw error;
      refusals.push(refusalOf(error));
    }
  }
  if (wanted !== "program") {
    try {
      await encryptNothing("library", recipients);
      return "library";
    } catch (error) {
      refusals.push(`the library: ${messageOf(error)}`);
    }
  }
  throw new UsageError(
    `cannot encrypt to these recipients: ${refusals.join("; ")}. ` +
      "Look at age.recipients and age.recipientsFile; they are public keys such as age1….",
    "bad-recipient",
  );
}

/** What the program itself says, without its advertisement. */
function refusalOf(error: unknown): string {
  const lines = error instanceof ToolError ? error.stderrTail.split("\n") : [messageOf(error)];
  return lines.filter((line) => line !== "" && !line.includes("report unexpected or unhelpful"))
    .join(", ");
}

/** Encrypts what is written, by an engine that is not relied on. */
async function encryptionBy(
  engine: Engine,
  recipients: Recipients,
  options: Parameters<typeof pipeThroughProgram>[1],
): Promise<Required<Pick<ByteStage, "transform" | "abort">>> {
  if (engine === "program") {
    const program = pipeThroughProgram(programArgv(recipients), options);
    const transform = checked(`the program ${findProgram("age")}`, program);
    return { transform, abort: () => program.abort() };
  }
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const encrypted = await (await encrypterFor(recipients)).encrypt(readable);
  const transform = checked("the library age-encryption", { readable: encrypted, writable });
  return { transform, abort: () => Promise.resolve() };
}

async function encryptNothing(engine: Engine, recipients: Recipients): Promise<void> {
  const { transform } = await encryptionBy(engine, recipients, {});
  // Why it fails comes out of what is read.
  const closing = transform.writable.close().catch(() => {});
  for await (const _ of transform.readable);
  await closing;
}

async function encrypterFor({ keys, file, passphrase }: Recipients) {
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  if (passphrase !== undefined) encrypter.setPassphrase(passphrase);
  for (const key of [...keys, ...file === undefined ? [] : keysIn(file)]) {
    if (!key.startsWith("age1")) {
      throw new Error(`it cannot encrypt to ${key.split(" ")[0]} keys, the program age can`);
    }
    encrypter.addRecipient(key);
  }
  return encrypter;
}

function keysIn(file: string): string[] {
  return readFileSync(file, "utf8").split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
