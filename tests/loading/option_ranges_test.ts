import assert from "node:assert/strict";
import { firstMisfit, type JsonSchema } from "../../loading/json_schema.ts";
import { optionsSchema } from "../../loading/recipe_schema.ts";
import { loadStep, type Step } from "../../mod.ts";
import type { OptionSchema } from "../../pipeline/options.ts";
import { assertNothingBuilt, inLab } from "../faults/lab.ts";
import { attemptFile, put } from "./attempt.ts";

const stepWith = (option: Partial<OptionSchema>): Step => ({
  name: "s",
  options: { o: { type: "number", help: "h", ...option } },
  run: () => {},
});

const published: readonly (readonly [Partial<OptionSchema>, unknown])[] = [
  [
    { least: 1, most: 60, whole: true },
    { type: "integer", minimum: 1, maximum: 60, description: "h" },
  ],
  [{ least: 0.5, unit: "s" }, {
    type: "number",
    minimum: 0.5,
    description: "h (in s)",
  }],
  [
    { type: "strings", choices: ["a", "b"] },
    {
      type: "array",
      items: { type: "string", enum: ["a", "b"] },
      description: "h",
    },
  ],
  [
    { type: "size", most: 4096 },
    {
      anyOf: [
        { type: "string", description: "h, such as 52G, or in bytes" },
        { type: "number", maximum: 4096 },
      ],
      description: "h",
    },
  ],
];

for (const [option, expected] of published) {
  Deno.test(`an option ${JSON.stringify(option)} is published with its range`, () => {
    const { properties } = optionsSchema(stepWith(option)) as {
      properties: { o: unknown };
    };
    assert.deepEqual(properties.o, expected);
  });
}

const checked: readonly (readonly [
  JsonSchema,
  value: number | string[],
  why: string | undefined,
])[] = [
  [{ type: "integer" }, 3, undefined],
  [{ type: "integer" }, 3.5, "expected a whole number, not 3.5"],
  [{ type: "number", minimum: 1 }, 0, "expected at least 1, not 0"],
  [{ type: "number", maximum: 9 }, 9.5, "expected at most 9, not 9.5"],
  [{ type: "number", minimum: 1, maximum: 9 }, 9, undefined],
  [
    { type: "array", items: { type: "string", enum: ["a"] } },
    ["a"],
    undefined,
  ],
  [
    { type: "array", items: { type: "string", enum: ["a"] } },
    ["b"],
    '"b" is unknown. Did you mean a',
  ],
];

for (const [schema, value, why] of checked) {
  const verdict = why === undefined ? "fits" : "does not fit";
  Deno.test(`${JSON.stringify(value)} ${verdict} ${JSON.stringify(schema)}`, () => {
    assert.equal(firstMisfit(value, schema)?.why, why);
  });
}

for (const timeout of [3_000_000, 0, -5]) {
  Deno.test(`a timeout of ${timeout} seconds is refused before anything is built`, async () => {
    await inLab(async (lab) => {
      const text = "#!/bin/sh\nexit 0\n";
      for (
        const [name, content] of [["s.sh", text], [
          "s.ts",
          "export default {name:'s',run(){}}",
        ]]
      ) {
        const { message } = await attemptFile(lab, name!, content!, {
          options: { timeout },
        });
        assert.match(
          message,
          /^cannot set s\.timeout to .*: expected a number of seconds from 0\.001 /,
        );
        await assertNothingBuilt(lab);
      }
    });
  });

  Deno.test(`a script that gives itself ${timeout} seconds is refused`, async () => {
    await inLab(async (lab) => {
      const header = `# icecore: {"timeout": ${timeout}}`;
      const path = put(lab, "s.sh", `#!/bin/sh\n${header}\n`);
      await assert.rejects(loadStep(path), {
        code: "bad-header",
        message:
          /in line 2 is wrong: timeout: expected at (most 2147483|least 0\.001), not /,
      });
    });
  });
}

Deno.test("a script says in its header what may be given for its options", async () => {
  await inLab(async (lab) => {
    const options = {
      jobs: { type: "number", help: "h", least: 1, most: 8, whole: true },
    };
    const text = `#!/bin/sh\n# icecore: {"options": ${
      JSON.stringify(options)
    }}\n`;
    const { message } = await attemptFile(lab, "s.sh", text, {
      options: { jobs: 9 },
    });
    assert.match(
      message,
      /cannot set s\.jobs to 9: expected a whole number from 1 to 8\./,
    );
  });
});
