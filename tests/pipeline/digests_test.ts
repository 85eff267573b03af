import assert from "node:assert/strict";
import { pipelineOf, REQUEST, seal, step } from "./fake_machine.ts";

const orders: readonly (readonly [steps: string, run: string])[] = [
  ["seal hash", "seal hash"],
  ["seal changing hash", "seal changing hash"],
  ["seal hash changing", "seal hash changing hash"],
  ["seal hash other changing last", "seal hash other changing hash other last"],
  ["seal hash changing other last", "seal hash changing hash other last"],
];

/** `hash` and `other` make digests; neither is icecore's. */
const stepOf = (name: string, ran: string[]) => {
  const run = () => void ran.push(name);
  if (name === "seal") return { ...seal, run };
  const makes = name === "hash" || name === "other";
  return step(name === "hash" ? "my-hash" : name, {
    run,
    ...(makes ? { digests: true } : {}),
    ...(name === "changing" ? { changes: true } : {}),
  });
};

for (const [steps, expected] of orders) {
  Deno.test(`of "${steps}" are run: ${expected}`, async () => {
    const ran: string[] = [];
    await pipelineOf(steps.split(" ").map((name) => stepOf(name, ran))).run(
      REQUEST,
    );
    assert.equal(ran.join(" "), expected);
    const reported = await pipelineOf(
      steps.split(" ").map((name) => stepOf(name, [])),
    ).dryRun(
      REQUEST,
    );
    const names = reported.steps.map(({ name }) =>
      name === "my-hash" ? "hash" : name
    );
    assert.equal(names.join(" "), expected, "a dry run lists what is run");
  });
}
