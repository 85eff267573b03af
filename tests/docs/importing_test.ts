import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import configuration from "../../deno.json" with { type: "json" };
import { repositoryRoot } from "../lint/source_files.ts";

interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier: string };
    }[];
  }[];
}

const page = readFileSync(`${repositoryRoot}/docs/importing.md`, "utf8");
/** All `"NAME": "VERSION"`, of Deno's block and of Bun's. */
const named = [...page.matchAll(/"([\w@/-]+)": "(?:npm:\1@)?(\d[\d.]*)"/g)]
  .map(([, name, version]) => ({ name: name!, version }));

Deno.test("docs/importing.md names packages in the versions of deno.json", () => {
  const imports: Readonly<Record<string, string>> = configuration.imports;
  assert.ok(named.length > 0);
  for (const { name, version } of named) {
    assert.equal(imports[name], `npm:${name}@${version}`);
  }
});

Deno.test("docs/importing.md names all packages that the module cannot be loaded without", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "mod.ts"],
    cwd: repositoryRoot,
  }).output();
  const info: Info = JSON.parse(new TextDecoder().decode(stdout));
  const modules = new Map(
    info.modules.map((module) => [module.specifier, module]),
  );
  const reached = new Set([`file://${repositoryRoot}/mod.ts`]);
  const packages = new Set<string>();
  for (const specifier of reached) {
    for (const dependency of modules.get(specifier)?.dependencies ?? []) {
      const to = dependency.code?.specifier;
      if (to === undefined || dependency.isDynamic === true) continue;
      if (to.startsWith("npm:")) packages.add(dependency.specifier);
      else reached.add(to);
    }
  }
  assert.ok(packages.size > 0);
  for (const name of packages) {
    const count = named.filter((each) => each.name === name).length;
    assert.equal(count, 2, `${name}, for Deno and for Bun`);
  }
});
