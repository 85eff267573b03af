#!/usr/bin/env bash
# Makes the npm package of icecore/read: JavaScript that Node 22 and later import.
# What it holds, and what not: docs/decisions/node_reads.md
set -euo pipefail

readonly bun_version=1.4.5
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
readonly root
export npm_config_loglevel=error NO_COLOR=1

if (($# > 1)) || [[ "${1:-}" == -* ]]; then
  echo "npm.sh [FOLDER]: makes the npm package of icecore/read in FOLDER (default: dist/npm)." >&2
  exit 2
fi
out=${1:-$root/dist/npm}
mkdir -p "$out"
rm -f "$out"/*.js "$out/package.json"

bun=(npx -y "bun@$bun_version")
if [[ "$(bun --version 2>/dev/null)" == "$bun_version" ]]; then bun=(bun); fi

# Splitting keeps what speaks to servers out of the start; packages stay packages.
"${bun[@]}" build "$root/read.ts" --target=node --format=esm --splitting --packages=external \
  --entry-naming='[name].[ext]' --chunk-naming='chunk-[hash].[ext]' --outdir="$out" >/dev/null
cp "$root/LICENSE" "$out"
node - "$root/deno.json" >"$out/package.json" <<'JS'
const { name, version, license, imports } = JSON.parse(require("fs").readFileSync(process.argv[2]));
const versionOf = (it) => imports[it].slice(imports[it].lastIndexOf("@") + 1);
const optional = ["@aws-sdk/client-s3", "age-encryption", "@noble/ciphers", "bcrypt-pbkdf"];
console.log(JSON.stringify({
  name,
  version,
  license,
  type: "module",
  engines: { node: ">=22" },
  exports: { "./read": "./read.js" },
  dependencies: { minimatch: versionOf("minimatch") },
  // Only images in S3 need the first, and encrypted ones the others.
  peerDependencies: Object.fromEntries(optional.map((it) => [it, versionOf(it)])),
  peerDependenciesMeta: Object.fromEntries(optional.map((it) => [it, { optional: true }])),
}, undefined, 2));
JS
echo "npm.sh: $out, for Node 22 and later." >&2
