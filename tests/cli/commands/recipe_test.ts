import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { recipes } from "../../../mod.ts";
import { icecore, inLab } from "../../faults/lab.ts";
import { put } from "../../loading/attempt.ts";

const SCHEMA = new URL("../../../docs/recipe.schema.json", import.meta.url);

interface OptionsSchema {
  readonly properties: Readonly<
    Record<string, { readonly type?: string; readonly enum?: unknown }>
  >;
}

function assertTaken(
  published: OptionsSchema,
  now: OptionsSchema,
  name: string,
): void {
  for (
    const [option, { type, enum: choices }] of Object.entries(
      published.properties,
    )
  ) {
    const { type: typeNow, enum: choicesNow } = now.properties[option] ?? {};
    const message = `${name}.${option} has changed: run deno task schema`;
    assert.deepEqual([typeNow, choicesNow], [type, choices], message);
  }
}

Deno.test("recipe show prints a file that builds the same image", async () => {
  await inLab(async (lab) => {
    const shown = await icecore(lab, ["recipe", "show", "native"]);
    assert.equal(shown.code, 0, shown.stderr);
    put(lab, "my.json", shown.stdout);
    const digests = [];
    for (const recipe of ["native", "my.json"]) {
      const args = [
        "build",
        "source",
        "-o",
        `${recipe}.img`,
        "--recipe",
        recipe,
      ];
      const { code, stdout, stderr } = await icecore(lab, args);
      assert.equal(code, 0, stderr);
      digests.push(stdout.split(" ")[0]);
    }
    assert.equal(digests[0], digests[1]);
  });
});

Deno.test("the published schema is the one that recipe files are checked against", async () => {
  await inLab(async (lab) => {
    const { stdout } = await icecore(lab, ["recipe", "schema"]);
    const [published, printed] = [readFileSync(SCHEMA, "utf8"), stdout].map((
      text,
    ) => JSON.parse(text));
    const own = new Set(
      Object.values(recipes).flatMap(({ steps }) => steps).map(({ name }) =>
        name
      ),
    );
    for (
      const [name, options] of Object.entries(
        published.properties.options.properties,
      )
    ) {
      const now = printed.properties.options.properties[name];
      const isOwn = own.has(name);
      if (isOwn) {
        assert.deepEqual(
          options,
          now,
          `${name} has changed: run deno task schema`,
        );
      } // A plugin may have got more, or other words, since; what is published must still be taken.
      else assertTaken(options as OptionsSchema, now, name);
    }
    for (const each of [published, printed]) {
      delete each.properties.options.properties;
    }
    const withoutNames = (schema: unknown) =>
      JSON.parse(
        JSON.stringify(schema),
        (key, value) => key === "examples" ? undefined : value,
      );
    assert.deepEqual(
      withoutNames(published),
      withoutNames(printed),
      "run: deno task schema",
    );
  });
});

Deno.test("the schema describes everything that editors offer", () => {
  const schema = JSON.parse(readFileSync(SCHEMA, "utf8"));
  for (const [name, property] of Object.entries(schema.properties)) {
    assert.ok(
      (property as { description?: string }).description,
      `${name} is described`,
    );
  }
  const { options } = schema.properties;
  for (const { name } of Object.values(recipes).flatMap(({ steps }) => steps)) {
    assert.ok(
      options.properties[name]?.description,
      `step ${name} is described`,
    );
  }
  assert.deepEqual(options.properties.pack.properties.times.enum, [
    "mtime",
    "all",
  ]);
  assert.ok(
    !("passphrase" in options.properties.age.properties),
    "secrets are left out",
  );
});

Deno.test("steps --json has the recipes and the plugins, each with its options' schema", async () => {
  await inLab(async (lab) => {
    const { stdout } = await icecore(lab, ["steps", "--json"]);
    const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ type, name }) => [type, name]), [
      ["recipe", "native"],
      ["recipe", "e2fsprogs"],
      ["plugins", "plugins"],
    ]);
    const age = lines[2].steps.find(({ name }: { name: string }) =>
      name === "age"
    );
    assert.equal(age.options.passphrase.secret, true);
    assert.equal(age.optionsSchema.properties.engine.default, "auto");
  });
});
