#!/usr/bin/env bash
# Builds one self-contained executable, of icecore or of your own pipeline.
# Which compiler, and why workers are found by their file name: docs/decisions/worker_form.md
set -euo pipefail

readonly deno_version=2.9.6 bun_version=1.4.5
# As the compilers name it, also where a link leads here: workers are known by their paths.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
readonly root
export npm_config_loglevel=error NO_COLOR=1

usage() {
  cat <<'TEXT'
compile.sh [--runtime auto|deno|bun] [--target linux-(x64|arm64)[-musl]] [-o FILE] [ENTRY]

Builds ENTRY (default: icecore's main.ts) into one executable (default: dist/icecore).
  --runtime  auto: deno compile where its runtime can be had (DENORT_BIN, Deno's cache, online),
             else bun build --compile, which needs the npm registry only
  --target   the machine to build for (default: this one)
  -o FILE    where the executable goes (for an ENTRY of your own: dist/NAME)

icecore's own executable is run after it is built for this machine; one of your own is not.

Example: ./compile.sh --runtime bun --target linux-arm64 -o dist/icecore-arm64
TEXT
}

fail() { echo "compile.sh: $1" >&2; exit "${2:-1}"; }
say() { echo "compile.sh: $1" >&2; }

this_machine() {
  local libc=""
  if ldd --version 2>&1 | grep -qi musl; then libc=-musl; fi
  case "$(uname -sm)" in
    "Linux x86_64") echo "linux-x64$libc" ;;
    "Linux aarch64") echo "linux-arm64$libc" ;;
    *) echo "$(uname -sm), for which no executable is built" ;;
  esac
}

# The exact version on PATH, else the same version from npm.
deno=(npx -y "deno@$deno_version")
bun=(npx -y "bun@$bun_version")
if [[ "$(deno --version 2>/dev/null)" == "deno $deno_version "* ]]; then deno=(deno); fi
if [[ "$(bun --version 2>/dev/null)" == "$bun_version" ]]; then bun=(bun); fi

# Worker modules, by their name: those of icecore, and those beside an ENTRY of one's own.
worker_files() {
  find "$root" \( -name node_modules -o -name '.*' -o -path "$root/tests" -o -path "$root/bench" \
    -o -path "$root/dist" \) -prune -o -type f -name '*_worker.ts' -print
  [[ "$entry" == "$root"/* ]] || find "${entry%/*}" -maxdepth 1 -type f -name '*_worker.ts'
}

# An ENTRY without a configuration of its own sees the name "icecore" as icecore does. Of the files
# named, the compiler reads one that lies in the entry's folder or above.
has_own_configuration() {
  local folder=${entry%/*} name
  while [[ -n "$folder" ]]; do
    [[ "$folder" != "$root" ]] || return 1
    for name in "$@"; do
      [[ ! -e "$folder/$name" ]] || return 0
    done
    folder=${folder%/*}
  done
  return 1
}

deno_triple() {
  case "$target" in
    linux-x64) echo x86_64-unknown-linux-gnu ;;
    linux-arm64) echo aarch64-unknown-linux-gnu ;;
    *) return 1 ;;
  esac
}

can_have_denort() {
  deno_triple >/dev/null || return 1
  [[ -z "${DENORT_BIN:-}" ]] || return 0
  echo 'export {};' >"$scratch/probe.ts"
  timeout 60 "${deno[@]}" compile --no-config --no-check --target "$(deno_triple)" \
    -o "$scratch/probe" "$scratch/probe.ts" >/dev/null 2>&1
}

with_deno() {
  local triple options=()
  triple=$(deno_triple) || fail "cannot build $target with Deno: it has no runtime for musl. Use --runtime bun."
  [[ -z "${DENORT_BIN:-}" || -f "$DENORT_BIN" ]] ||
    fail "cannot build with Deno: DENORT_BIN names $DENORT_BIN, which is not a file. Correct it or unset it."
  for worker in "${workers[@]}"; do options+=(--include "$worker"); done
  has_own_configuration deno.json deno.jsonc package.json || options+=(--config "$root/deno.json")
  # Without a node_modules folder only the packages that are imported are embedded.
  "${deno[@]}" compile --allow-all --no-check --node-modules-dir=none --exclude-unused-npm \
    --target "$triple" "${options[@]}" -o "$out" "$entry" ||
    fail "cannot build $entry with Deno: see its message above. Without its runtime, use --runtime bun."
}

with_bun() {
  local options=()
  [[ -d "$root/node_modules" ]] || (cd "$root" && "${deno[@]}" install --frozen --quiet) ||
    fail "cannot install the npm packages: see the message above. Check that the npm registry can be reached."
  printf '{"compilerOptions":{"paths":{"icecore":["%s/mod.ts"],"icecore/read":["%s/read.ts"],"icecore/plugin":["%s/plugin.ts"]}}}\n' \
    "$root" "$root" "$root" >"$scratch/tsconfig.json"
  # A project of Deno's has no tsconfig.json: there as well, the name is known.
  has_own_configuration tsconfig.json jsconfig.json || options+=(--tsconfig-override="$scratch/tsconfig.json")
  # Flat names put each worker where new URL("./x_worker.ts", import.meta.url) looks for it;
  # splitting keeps what is imported only when needed out of the start.
  "${bun[@]}" build --compile --target="bun-$target" --minify --keep-names --bytecode --format=esm \
    --no-compile-autoload-dotenv --no-compile-autoload-bunfig --splitting --entry-naming='[name].[ext]' \
    "${options[@]}" --outfile="$out" "$entry" "${workers[@]}" ||
    fail "cannot build $entry with Bun: see its message above."
}

check_result() {
  "$out" --version || fail "the executable was built, but '$out --version' fails: see above."
  if ((EUID != 0)) && ! "$out" steps | grep -qw native; then
    say "no tiny image was tried: it has no recipe that works without root."
    return
  fi
  mkdir "$scratch/core"
  echo "An ice core never changes." >"$scratch/core/note.txt"
  if ! "$out" build "$scratch/core" -o "$scratch/core.img" --quiet >/dev/null ||
    ! "$out" verify "$scratch/core.img" --quiet >/dev/null; then
    fail "the executable was built, but it cannot build and verify a tiny image: see above."
  fi
  say "it built and verified a tiny image."
}

runtime=auto target="" out="" entry=""
while (($# > 0)); do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --runtime | --target | -o)
      (($# > 1)) || fail "$1 needs a value. See compile.sh --help." 2
      case "$1" in
        --runtime) runtime=$2 ;;
        --target) target=$2 ;;
        -o) out=$2 ;;
      esac
      shift 2
      ;;
    -*) fail "unknown option $1. See compile.sh --help." 2 ;;
    *)
      [[ -z "$entry" ]] || fail "one ENTRY at a time, and $1 is a second one. See compile.sh --help." 2
      entry=$1
      shift
      ;;
  esac
done

[[ "$runtime" =~ ^(auto|deno|bun)$ ]] || fail "unknown runtime $runtime. Use auto, deno or bun." 2
machine=$(this_machine)
target=${target:-$machine}
[[ "$target" =~ ^linux-(x64|arm64)(-musl)?$ ]] ||
  fail "unknown target $target. Use linux-x64, linux-arm64, linux-x64-musl or linux-arm64-musl." 2
entry=${entry:-$root/main.ts}
[[ -f "$entry" ]] || fail "cannot build $entry: there is no such file. Name the module to start with." 2
entry=$(realpath "$entry")
if [[ -z "$out" ]]; then
  out=$(basename "${entry%.*}")
  [[ "$entry" != "$root/main.ts" ]] || out=icecore
  out=dist/$out
  [[ "$entry" != "$root"/* ]] || out=$root/$out
fi
[[ ! -d "$out" ]] || fail "cannot write $out: it is a folder. Name a file with -o." 2
mkdir -p "$(dirname "$out")" || fail "cannot make the folder of $out. Name another place with -o."
out=$(realpath "$out")
[[ "${deno[0]} ${bun[0]}" != *npx* ]] || command -v npx >/dev/null ||
  fail "cannot find npx, which fetches the compilers. Install Node.js: apt-get install npm"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mapfile -t workers < <(worker_files)
twice=$(printf '%s\n' "${workers[@]##*/}" | sort | uniq -d)
[[ -z "$twice" ]] || fail "cannot build: two workers are named $twice. Each needs a name of its own."

if [[ "$runtime" == auto ]]; then
  runtime=deno
  can_have_denort || {
    runtime=bun
    say "no runtime of Deno for $target can be had here (DENORT_BIN, cache, online): building with Bun."
  }
fi
"with_$runtime"
say "$out for $target, with ${runtime^}."
if [[ "$target" == "$machine" && "$entry" == "$root/main.ts" ]]; then check_result; fi
