import assert from "node:assert/strict";
import type { Phase } from "../../../pipeline/image.ts";
import { checkPhases } from "../../../pipeline/running/check.ts";
import type { Step } from "../../../pipeline/step.ts";
import { e2fsprogs, native } from "../../../steps/recipes.ts";
import {
  fakeMachine,
  pipelineOf,
  REQUEST,
  seal,
  step,
} from "../fake_machine.ts";

const names = (text: string): Step[] =>
  text.split(" ").map((name) =>
    e2fsprogs.steps.find((each) => each.name === name)!
  );

Deno.test("the recipes are in an order that works", () => {
  checkPhases(native.steps);
  checkPhases(e2fsprogs.steps);
});

const orders: readonly (readonly [order: string, message: RegExp])[] = [
  [
    "scan format",
    /cannot run format after scan: the image is planned then, and format needs it allocated/,
  ],
  [
    "mount",
    /cannot run mount first: the image is planned then, and mount needs it formatted or unmounted/,
  ],
  [
    "scan allocate format mount copy fsck",
    /cannot run fsck after copy: the image is mounted then/,
  ],
  [
    "scan allocate format copy",
    /cannot run copy after format: the image is formatted then/,
  ],
  [
    "scan allocate format mount copy unmount readonly shrink",
    /cannot run shrink after readonly: the image is sealed then/,
  ],
  [
    "scan allocate",
    /the image would be left allocated\. Add the steps that finish it/,
  ],
  ["scan allocate format mount", /the image would be left mounted/],
];

for (const [order, message] of orders) {
  Deno.test(`steps in the order ${order} are refused`, () => {
    assert.throws(() => checkPhases(names(order)), {
      name: "UsageError",
      code: "bad-order",
      message,
    });
  });
}

Deno.test("no steps at all are refused", () => {
  assert.throws(() => checkPhases([]), {
    message: /cannot build with the steps \(none\)/,
  });
});

Deno.test("a step that accepts anything fits anywhere", () => {
  const phases: Phase[] = [
    "planned",
    "allocated",
    "formatted",
    "mounted",
    "unmounted",
    "sealed",
  ];
  for (const phase of phases) {
    checkPhases([step("a", { leaves: phase }), step("any"), seal]);
  }
});

Deno.test("everything is checked before anything is claimed", async () => {
  const failing: readonly Step[][] = [
    [step("order", { accepts: ["mounted"] }), seal],
    [
      step("options", {
        options: { needed: { type: "string", help: "", required: true } },
      }),
      seal,
    ],
    [
      step("refusing", {
        check: () => {
          throw new Error("no");
        },
      }),
      seal,
    ],
  ];
  for (const steps of failing) {
    const machine = fakeMachine();
    await assert.rejects(pipelineOf(steps, machine).run(REQUEST));
    await assert.rejects(pipelineOf(steps, machine).dryRun(REQUEST));
    assert.deepEqual(machine.calls, []);
  }
});

Deno.test("the machine is asked for the rights and programs of all steps at once", async () => {
  const machine = fakeMachine();
  const steps = [
    step("a", { privileged: true, tools: ["mkfs.ext4", "mount"] }),
    step("b", { privileged: true, tools: ["mount", "umount"] }),
    seal,
  ];
  await pipelineOf(steps, machine).dryRun(REQUEST);
  assert.deepEqual(machine.calls, [
    "root for a, b",
    "programs mkfs.ext4, mount, umount",
  ]);
});

Deno.test("a dry run claims nothing, and lists what each step knows", async () => {
  const machine = fakeMachine();
  const fact = { label: "files", value: 3 };
  const plan = await pipelineOf([
    step("a", { summary: "count", preview: () => Promise.resolve([fact]) }),
    seal,
  ], machine).dryRun(REQUEST);
  assert.deepEqual(plan, {
    sources: REQUEST.sources,
    output: REQUEST.output,
    steps: [
      { name: "a", summary: "count", facts: [fact] },
      { name: "seal", summary: "", facts: [] },
    ],
  });
  assert.deepEqual(machine.calls, []);
});
