#!/bin/sh
# Sets up what the product needs, and says each step: tools/setup.sh run | dev
#
# Each step is skipped where its stamp in .venv (a hash of everything that it depends on) is current, so that a second
# start takes no time and no network.
set -eu

kind=${1:-run}
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
venv=$top/.venv

say() { printf '== %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

case $kind in
run) extras=bench kinds='^run' ;;
dev) extras=bench,dev kinds='^(run|dev)' ;;
*) fail "what is '$kind'? It is run or dev." ;;
esac

# ------------------------------------------------------------------------------------------------ Debian's packages

missing_packages() {
    grep -E "$kinds" tools/debian-packages.txt | while read -r _ package _; do
        # A package may also be there under another architecture's name, so only the status counts.
        dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
    done
}

install_packages() {
    missing=$(missing_packages)
    [ -z "$missing" ] || install_debian "$missing"
}

install_debian() {
    missing=$1
    command -v apt-get >/dev/null || fail "no apt-get here; install by hand: $missing"
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "run as root, or install by hand: apt-get install $missing"
        as_root=sudo
    fi
    say "Debian packages: $missing"
    $as_root apt-get update -q </dev/null || fail "apt-get update failed; these are missing: $missing"
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing </dev/null
}

# -------------------------------------------------------------------------------------------------------------- Python

usable_python() {
    "$1" - 2>/dev/null <<'PY'
import ensurepip, pathlib, sys, sysconfig, venv
header = pathlib.Path(sysconfig.get_path("include"), "Python.h")
sys.exit(0 if sys.version_info >= (3, 11) and header.exists() else 1)
PY
}

make_venv() {
    if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
    then return 0; fi
    for python in python3 /usr/bin/python3; do
        if usable_python "$python"; then
            say "virtual environment .venv ($("$python" --version))"
            rm -rf "$venv"
            "$python" -m venv "$venv"
            return 0
        fi
    done
    fail "no Python 3.11 or later with venv and headers (python3-venv, python3-dev)"
}

hash_of() { cat "$@" | sha256sum | cut -d ' ' -f 1; }

current() { [ -f "$venv/.setup-$1" ] && [ "$(cat "$venv/.setup-$1")" = "$2" ]; }

install_dependencies() {
    key="$("$venv/bin/python" --version) $(hash_of pyproject.toml constraints.txt setup.py)"
    current "$kind" "$key" && return 0
    say "Python packages (pinned in constraints.txt): $extras"
    pip="$venv/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt"
    $pip setuptools cffi </dev/null
    # The pinned build tools above are used, not newer ones of a build environment of pip's own.
    $pip --no-build-isolation -e ".[$extras]" </dev/null
    rm -f "$venv/.setup-extensions"
    printf '%s\n' "$key" >"$venv/.setup-$kind"
    [ "$kind" = run ] || printf '%s\n' "$key" >"$venv/.setup-run"
}

build_extensions() {
    sources=$(find boardsupport \( -name '*.c' -o -name '*.h' -o -name 'build*.py' \) ! -name '_*.c' | LC_ALL=C sort)
    # shellcheck disable=SC2086 # a list of files
    key="$("$venv/bin/python" --version) $(hash_of setup.py $sources)"
    current extensions "$key" && return 0
    say "compiled extensions"
    "$venv/bin/python" setup.py -q build_ext --inplace </dev/null
    printf '%s\n' "$key" >"$venv/.setup-extensions"
}

# Checks the pages for people who do not see or use a mouse. An npm that is there already need not be Debian's.
install_axe() {
    [ "$kind" = dev ] || return 0
    package=axe-core@4.14.1
    current axe "$package" && [ -f build/npm/node_modules/axe-core/axe.min.js ] && return 0
    command -v npm >/dev/null || install_debian npm
    say "npm package: $package"
    npm install --prefix build/npm --ignore-scripts --no-audit --no-fund --no-save --silent "$package" </dev/null
    printf '%s\n' "$package" >"$venv/.setup-axe"
}

# Every start that a test makes takes its prompts from there; a house that runs fills it by itself, in the background.
speak_prompts() {
    [ "$kind" = dev ] || return 0
    key=$(hash_of firmware/ivr/prompts.py firmware/ivr/sound.py firmware/ivr/prompt_texts.py firmware/ivr/texts/*.py \
        firmware/ivr/fragments/*.py)
    [ -d build/prompts ] && current prompts "$key" && return 0
    say "spoken prompts (build/prompts)"
    "$venv/bin/nightporter" prompts library </dev/null
    printf '%s\n' "$key" >"$venv/.setup-prompts"
}

install_packages
make_venv
install_dependencies
build_extensions
install_axe
speak_prompts
