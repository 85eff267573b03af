/**
 * A plugin of `deno lint` that reports the names of runtimes: `Deno`, `Bun`, `globalThis["Deno"]`,
 * `process.versions.bun`. Comments and messages may name them.
 * @module
 */

const message = "names a runtime";
const inVersions = new Set(["deno", "bun"]);

const plugin: Deno.lint.Plugin = {
  name: "icecore",
  rules: {
    "runtime-names": {
      create(context) {
        return {
          Identifier(node) {
            if (node.name === "Deno" || node.name === "Bun") {
              context.report({ node, message });
            }
          },
          MemberExpression(node) {
            const { property } = node;
            const literal = property.type === "Literal"
              ? property.value
              : undefined;
            const plain = property.type === "Identifier" && !node.computed
              ? property.name
              : literal;
            const named = literal === "Deno" || literal === "Bun" ||
              (typeof plain === "string" && inVersions.has(plain) &&
                ofVersions(node.object));
            if (named) context.report({ node: property, message });
          },
        };
      },
    },
  },
};
export default plugin;

function ofVersions(object: Deno.lint.Expression): boolean {
  return (object.type === "MemberExpression" &&
    object.property.type === "Identifier" &&
    object.property.name === "versions") ||
    (object.type === "Identifier" && object.name === "versions");
}
