/**
 * `notify`: reports to a webhook or a command how the build ended, well or not.
 * @module
 */

import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { defineStep, type OptionsSchema, type Outcome, UsageError } from "../mod.ts";
import { messageOf, pipeThroughProgram } from "../plugin.ts";

const options = {
  url: { type: "string", help: "where the summary is POSTed as JSON", secret: true },
  token: { type: "string", help: "sent to it as Authorization: Bearer …", secret: true },
  command: {
    type: "strings",
    help: "a program and its arguments, which gets the summary as JSON on stdin",
  },
  on: {
    type: "string",
    help: "when to notify; failure-or-loss also when something named was lost",
    choices: ["always", "success", "failure", "failure-or-loss"],
    default: "always",
  },
  timeout: {
    type: "number",
    unit: "seconds",
    help: "how long one try may take",
    least: 0.001,
    most: 3600,
    default: 10,
  },
  retries: {
    type: "number",
    help: "how often it is tried again",
    least: 0,
    most: 20,
    whole: true,
    default: 2,
  },
  required: {
    type: "boolean",
    help: "fail (exit code 1; the image stays) when nobody could be notified",
    default: false,
  },
} as const satisfies OptionsSchema;

/** The most problems that a summary lists; their number is always reported. */
const MOST_PROBLEMS = 20;

/** The pauses between tries begin with this, and double. */
const FIRST_PAUSE_MS = 500;

/** Reports how the build ended. */
const notify = defineStep({
  name: "notify",
  summary: "report to a webhook or a command how the build ended",
  shell: false,
  passive: true,
  options,
  check({ options }) {
    const url = options.url;
    const command = commandOf(options.command);
    if ((url === undefined) === (command === undefined)) {
      throw new UsageError(
        url === undefined
          ? "cannot notify: no receiver is given. Set notify.url (from the environment or a " +
            "file, it is a secret) or notify.command."
          : "cannot notify a webhook and a command at once. Set one of notify.url, notify.command.",
        "no-receiver",
      );
    }
    if (url !== undefined && !isHttp(url)) {
      throw new UsageError(
        "cannot notify: notify.url is not an http or https address. Look at where it is set.",
        "bad-option",
      );
    }
  },
  run: () => {},
  async ended(outcome, context) {
    const { options } = context;
    if (!isWanted(outcome, options.on)) return;
    try {
      await sendPatiently(JSON.stringify(summaryOf(outcome, context)), context);
    } catch (error) {
      if (options.required === true) throw error;
      context.emit({ type: "message", level: "warning", text: messageOf(error) });
    }
  },
});

/** What it has when the build has ended. */
type EndContext = Parameters<NonNullable<typeof notify["ended"]>>[1];

export default notify;

function isWanted(outcome: Outcome, on: unknown): boolean {
  const isFailure = outcome.status !== "succeeded";
  switch (on) {
    case "success":
      return !isFailure;
    case "failure":
      return isFailure;
    case "failure-or-loss":
      return isFailure || outcome.lossy;
    default:
      return true;
  }
}

/** What is reported, as data. */
function summaryOf(
  outcome: Outcome,
  { sources, output }: Pick<EndContext, "sources" | "output">,
): Readonly<Record<string, unknown>> {
  const common = { type: "icecore-build", host: hostname(), sources, output };
  if (outcome.status !== "succeeded") return { ...common, ...outcome };
  const { image, status, lossy, seconds } = outcome;
  const { problems, ...report } = image.report;
  const { path, sizeBytes, digests, artifacts, payload } = image;
  const shown = { countProblems: problems.length, problems: problems.slice(0, MOST_PROBLEMS) };
  return {
    ...common,
    status,
    lossy,
    seconds,
    image: { path, sizeBytes, digests },
    artifacts,
    ...(payload === undefined ? {} : { payload }),
    report: { ...report, ...shown },
  };
}

/** Tries until the summary is received. @throws when it never was. */
async function sendPatiently(summary: string, context: EndContext): Promise<void> {
  const { signal, options } = context;
  for (let tries = 0;; tries++) {
    try {
      return await send(summary, context);
    } catch (error) {
      const isFinal = error instanceof Refusal && error.isFinal;
      // Who has pressed Ctrl-C does not want to wait for a second try.
      if (tries >= options.retries || isFinal || signal.aborted) {
        throw new Error(
          `cannot report how the build ended: ${messageOf(error)}${
            tries === 0 ? "" : `, tried ${tries + 1} times`
          }. Look at the receiver of notify.`,
          { cause: error },
        );
      }
      await pause(FIRST_PAUSE_MS * 2 ** tries, undefined, { signal }).catch(() => {});
    }
  }
}

async function send(summary: string, { options, emit }: EndContext): Promise<void> {
  const seconds = options.timeout;
  // The signal of the build is aborted after Ctrl-C: the summary is sent all the same.
  const signal = AbortSignal.timeout(seconds * 1000);
  const command = commandOf(options.command);
  try {
    if (command === undefined) await post(summary, options, signal);
    else {
      const onStart = (argv: readonly string[]) => emit({ type: "command", argv });
      const program = pipeThroughProgram(command, { signal, onStart });
      // It need not read all it is given: how it ends is what counts.
      const given = new Response(summary).body!.pipeTo(program.writable).catch(() => {});
      await new Response(program.readable).arrayBuffer().catch(() => {});
      await Promise.all([given, program.ended]);
    }
  } catch (error) {
    throw signal.aborted ? new Refusal(`no answer within ${seconds} s`, false) : error;
  }
}

async function post(summary: string, options: EndContext["options"], signal: AbortSignal) {
  const token = options.token;
  const response = await fetch(options.url!, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: summary,
    signal,
    // The summary, and the token, are for the one who was named.
    redirect: "manual",
  }).catch(() => {
    // What the runtime says may have the address in it, which is a secret.
    throw new Refusal("the webhook cannot be reached", false);
  });
  await response.body?.cancel();
  if (response.ok) return;
  const isFinal = response.status < 500 && response.status !== 408 && response.status !== 429;
  throw new Refusal(`the webhook answered with status ${response.status}`, isFinal);
}

/** It was heard, and refused, or not heard at all. */
class Refusal extends Error {
  /** @param isFinal Whether trying again is of no use. */
  constructor(message: string, readonly isFinal: boolean) {
    super(message);
  }
}

function commandOf(command: readonly string[] | undefined): readonly string[] | undefined {
  return command === undefined || command.join("") === "" ? undefined : command;
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
