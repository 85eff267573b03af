/**
 * `icecore recipe`: recipe files to start from, and their schema.
 * @module
 */

import { merge, object, or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { argument, command, constant } from "@optique/core/primitives";
import { choice } from "@optique/core/valueparser";
import { recipeSchema } from "../../loading/recipe_schema.ts";
import { recipeDocument } from "../../loading/show_recipe.ts";
import { recipes } from "../../steps/recipes.ts";
import { examples } from "../arguments/examples.ts";
import { pluginSteps } from "../building/built_in_plugins.ts";
import { EXIT, exitCodes } from "../exit_codes.ts";
import { briefOf } from "../manual/brief_of.ts";
import { common, type CommonValues } from "../output/common_options.ts";
import { print } from "../output/output.ts";

const names = Object.keys(recipes) as (keyof typeof recipes)[];

/** What `$schema` says in files that are printed: the schema, saved beside them. */
const SCHEMA = "./recipe.schema.json";

type RecipeValues =
  & CommonValues
  & { readonly command: "recipe" }
  & ({ readonly action: "show"; readonly name: keyof typeof recipes } | {
    readonly action: "schema";
  });

const show = command(
  "show",
  object({
    action: constant("show"),
    name: argument(choice(names, { metavar: "RECIPE" }), {
      description: message`The recipe to start from.`,
    }),
  }),
  { brief: message`Print a recipe as a file to start from.` },
);

const schema = command("schema", object({ action: constant("schema") }), {
  brief: message`Print the JSON Schema of recipe files, for editors.`,
});

/** The command. */
export const recipe = {
  parser: command(
    "recipe",
    merge(object({ command: constant("recipe") }), or(show, schema), common),
    {
      brief: briefOf("recipe"),
      footer: examples(
        "Examples:",
        "  icecore recipe show native > my.json",
        "  icecore recipe schema > recipe.schema.json",
        "  icecore build /srv/photos --recipe my.json",
        "",
        ...exitCodes(),
      ),
    },
  ),
  async run(values: RecipeValues): Promise<number> {
    const document = values.action === "show"
      ? recipeDocument(recipes[values.name], SCHEMA)
      : recipeSchema(await pluginSteps());
    print(JSON.stringify(document, null, 2));
    return EXIT.done;
  },
};
