import assert from "node:assert/strict";
import { StepError } from "../../pipeline/build_errors.ts";
import type { BuildEvent } from "../../pipeline/events.ts";
import type { Step } from "../../pipeline/step.ts";
import { secretVariable } from "../../pipeline/variable_names.ts";
import { pipelineOf, REQUEST, seal, step } from "./fake_machine.ts";

const SECRET = 'open "sesame" now\nand the second line';
const FORMS = [
  SECRET,
  "and the second line",
  encodeURIComponent(SECRET),
  btoa(SECRET),
  JSON.stringify(SECRET),
];

const options = {
  key: { type: "string", help: "the key", secret: true },
} as const;

function leaky(run: Step["run"]): Step {
  return step("leaky", { options, run });
}

async function everythingSaid(run: Step["run"]): Promise<string> {
  const said: unknown[] = [];
  const emit = (event: BuildEvent) => said.push(event);
  const built = pipelineOf([seal, leaky(run)]).with("leaky", { key: SECRET });
  try {
    said.push((await built.run({ ...REQUEST, emit })).image);
  } catch (error) {
    for (
      let each: unknown = error;
      each !== undefined;
      each = (each as Error).cause
    ) {
      if (!(each instanceof Error)) {
        said.push(each);
        break;
      }
      said.push(each.message, each.stack, Object.values(each));
    }
  }
  return JSON.stringify(said);
}

const leaks: readonly (readonly [what: string, run: Step["run"]])[] = [
  ["a message", (_, { emit }) => {
    for (const text of FORMS) {
      emit({ type: "message", level: "debug", text: `key=${text}` });
    }
  }],
  ["a command line", (_, { emit, options }) => {
    emit({ type: "command", argv: ["curl", "-u", `me:${options["key"]}`] });
  }],
  ["a problem", (_, { emit }) => {
    emit({
      type: "problem",
      problem: { kind: "changed", path: SECRET, reason: SECRET },
    });
  }],
  ["an artifact", (image) => ({
    ...image,
    artifacts: [{
      kind: "url",
      path: "x",
      finalPath: "x",
      details: { url: `s3://${SECRET}` },
    }],
  })],
  ["an error", () => {
    throw new Error(`cannot log in with ${SECRET}`);
  }],
  ["an error's cause and fields", () => {
    const cause = Object.assign(new Error(SECRET), { argv: ["curl", SECRET] });
    throw new Error("cannot log in", { cause });
  }],
  ["a thrown text", () => {
    throw `cannot log in with ${SECRET}`;
  }],
];

for (const [what, run] of leaks) {
  Deno.test(`a secret that a step puts into ${what} is not shown`, async () => {
    const said = await everythingSaid(run);
    assert.ok(said.includes("***"), said);
    for (const form of FORMS) {
      assert.ok(
        !said.includes(JSON.stringify(form).slice(1, -1)),
        `${form} in ${said}`,
      );
    }
  });
}

Deno.test("a secret is what the step gets, and the error is the same error", async () => {
  const seen: unknown[] = [];
  const thrown = new Error(`no: ${SECRET}`);
  const built = pipelineOf([
    seal,
    leaky((_, { options }) => {
      seen.push(options["key"]);
      throw thrown;
    }),
  ]).with("leaky", { key: SECRET });
  const error = await built.run(REQUEST).catch((error: unknown) => error);
  assert.deepEqual(seen, [SECRET]);
  assert.ok(error instanceof StepError && error.cause === thrown);
});

Deno.test("a dry run shows no secret", async () => {
  const preview = () => Promise.resolve([{ label: "key", value: SECRET }]);
  const built = pipelineOf([seal, step("leaky", { options, preview })]).with(
    "leaky",
    {
      key: SECRET,
    },
  );
  assert.deepEqual((await built.dryRun(REQUEST)).steps[1]!.facts, [{
    label: "key",
    value: "***",
  }]);
});

Deno.test("words by which programs know events stay, even if they are a secret", async () => {
  const events: BuildEvent[] = [];
  const built = pipelineOf([
    seal,
    leaky((_, { emit }) =>
      emit({ type: "message", level: "info", text: "message" })
    ),
  ]).with("leaky", { key: "message" });
  await built.run({ ...REQUEST, emit: (event) => events.push(event) });
  const event = events.find(({ type }) => type === "message");
  assert.deepEqual(event, {
    type: "message",
    step: "leaky",
    level: "info",
    text: "***",
  });
});

Deno.test("a missing secret is asked for where it may come from", async () => {
  const needs = step("my-vault", {
    options: {
      accessKey: {
        type: "string",
        help: "the key",
        secret: true,
        required: true,
      },
    },
  });
  await assert.rejects(pipelineOf([seal, needs]).run(REQUEST), {
    code: "missing-option",
    message:
      /It is a secret: put it into the environment variable ICECORE_MY_VAULT_ACCESS_KEY, /,
  });
  assert.equal(secretVariable("s3", "secretKey"), "ICECORE_S3_SECRET_KEY");
});

Deno.test("a secret may be large", async () => {
  const said: string[] = [];
  const built = pipelineOf([
    seal,
    leaky((_, { emit, options }) => {
      emit({
        type: "message",
        level: "info",
        text: `it is ${options["key"]}.`,
      });
    }),
  ]).with("leaky", { key: "x".repeat(300_000) });
  await built.run({
    ...REQUEST,
    emit: (event) => event.type === "message" && void said.push(event.text),
  });
  assert.deepEqual(said, ["it is ***."]);
});
