#!/usr/bin/env bash
# Makes the npm package `icecore`: a library for Deno and Bun, of which Node imports icecore/read, and
# the launcher of the executable. What it holds, and why: docs/decisions/npm_package.md
set -euo pipefail

readonly bun_version=1.4.5 typescript_version=5.9.3
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
readonly root
export npm_config_loglevel=error NO_COLOR=1

if (($# > 1)) || [[ "${1:-}" == -* ]]; then
  echo "npm.sh [FOLDER]: makes the npm package of icecore in FOLDER (default: dist/npm)." >&2
  exit 2
fi
out=${1:-$root/dist/npm}
mkdir -p "$out"
out=$(cd "$out" && pwd -P)
rm -rf "$out"/*.js "$out"/package.json "${out:?}/types" "${out:?}/bin"
[[ -d "$root/node_modules" ]] || (cd "$root" && npx -y deno@2.9.6 install --frozen --quiet)

bun=(npx -y "bun@$bun_version")
if [[ "$(bun --version 2>/dev/null)" == "$bun_version" ]]; then bun=(bun); fi

cd "$root"
mapfile -t workers < <(find ext4 host image loading pipeline source steps -name '*_worker.ts' | sort)
# Each plugin of ours, as `icecore/plugins/NAME`.
mapfile -t plugins < <(find plugins -maxdepth 1 -name '*.ts' | sort)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Splitting keeps what speaks to servers out of the start; packages stay packages. Plugins have names
# of their own, for some are called like what they stand on.
for plugin in "${plugins[@]}"; do
  name=$(basename "$plugin" .ts)
  echo "export { default } from \"$root/$plugin\"; export * from \"$root/$plugin\";" \
    >"$scratch/plugin_$name.ts"
done
printf '{"compilerOptions":{"paths":{"icecore":["%s/mod.ts"],"icecore/read":["%s/read.ts"],"icecore/plugin":["%s/plugin.ts"]}}}\n' \
  "$root" "$root" "$root" >"$scratch/tsconfig.json"
"${bun[@]}" build mod.ts read.ts plugin.ts "${workers[@]}" "$scratch"/plugin_*.ts --target=node \
  --format=esm --splitting --packages=external --tsconfig-override="$scratch/tsconfig.json" \
  --entry-naming='[name].[ext]' --chunk-naming='chunk-[hash].[ext]' --outdir="$out" >/dev/null
# No runtime starts TypeScript out of node_modules.
sed -i 's/\(new URL("\.\/[a-z_]*_worker\)\.ts"/\1.js"/' "$out"/*.js

# Declarations, of all that the entries name; imports in them name what is there.
cat >"$scratch/types.json" <<JSON
{
  "compilerOptions": {
    "declaration": true, "emitDeclarationOnly": true, "allowImportingTsExtensions": true,
    "rootDir": "$root", "outDir": "$out/types", "target": "esnext", "module": "esnext",
    "moduleResolution": "bundler", "resolveJsonModule": true, "skipLibCheck": true, "strict": true,
    "lib": ["esnext", "dom", "dom.iterable"], "noCheck": true, "types": [],
    "paths": { "icecore": ["$root/mod.ts"], "icecore/read": ["$root/read.ts"],
      "icecore/plugin": ["$root/plugin.ts"] }
  },
  "files": ["$root/mod.ts", "$root/read.ts", "$root/plugin.ts"$(printf ', "%s"' "${plugins[@]/#/$root/}")]
}
JSON
npx -y -p "typescript@$typescript_version" tsc --project "$scratch/types.json"
find "$out/types" -name '*.d.ts' -exec sed -i -E 's/((from |import\(|import )"\.{1,2}\/[^"]*)\.ts"/\1.js"/g' {} +

mkdir -p "$out/bin"
cp release/launcher.js "$out/bin/icecore.js"
chmod +x "$out/bin/icecore.js"
cp LICENSE README.md "$out"
PLUGINS="${plugins[*]}" node - deno.json >"$out/package.json" <<'JS'
const { name, version, license, imports } = JSON.parse(require("fs").readFileSync(process.argv[2]));
const versionOf = (it) => imports[it].slice(imports[it].lastIndexOf("@") + 1);
const pinned = (names) => Object.fromEntries(names.map((it) => [it, versionOf(it)]));
const optional = ["@aws-sdk/client-s3", "age-encryption", "@noble/ciphers", "bcrypt-pbkdf", "zx"];
const entry = (file) => ({ types: `./types/${file}.d.ts`, default: `./${file}.js` });
const plugins = process.env.PLUGINS.split(" ").map((it) => /([^/]+)\.ts$/.exec(it)[1]);
const machine = (os, cpu) => ["", "-musl"].map((libc) => `icecore-${os}-${cpu}${libc}`);
console.log(JSON.stringify({
  name,
  version,
  description: "A folder as one small, read-only, checksummed ext4 image",
  license,
  type: "module",
  engines: { node: ">=22" },
  bin: { icecore: "bin/icecore.js" },
  exports: {
    ".": entry("mod"),
    "./read": entry("read"),
    "./plugin": entry("plugin"),
    ...Object.fromEntries(plugins.map((it) => [`./plugins/${it}`, {
      types: `./types/plugins/${it}.d.ts`,
      default: `./plugin_${it}.js`,
    }])),
    "./package.json": "./package.json",
  },
  dependencies: pinned(["dax", "minimatch", "jsonc-parser", "fastest-levenshtein"]),
  optionalDependencies: Object.fromEntries(
    [...machine("linux", "x64"), ...machine("linux", "arm64")].map((it) => [it, version]),
  ),
  // Only images in S3 need the first, encrypted ones the next three, and zx scripts the last.
  peerDependencies: pinned(optional),
  peerDependenciesMeta: Object.fromEntries(optional.map((it) => [it, { optional: true }])),
}, undefined, 2));
JS
echo "npm.sh: $out, for Deno, Bun, and Node 22 and later." >&2
