#!/bin/sh
# Everything that counts, on this machine: tools, lint, types, imports, TypeScript, Python and browser tests.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
packages="chromium fonts-noto-cjk gdal-bin"

missing=""
for package in $packages; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
if [ -n "$missing" ]; then
    root=""
    if [ "$(id -u)" != 0 ]; then
        if sudo -n true 2>/dev/null; then root="sudo"; else root="none"; fi
    fi
    if [ "$root" = none ] || ! command -v apt-get >/dev/null; then
        echo "not root, so tests that need$missing will skip"
    else
        echo "== installing$missing"
        $root apt-get update -qq
        DEBIAN_FRONTEND=noninteractive $root apt-get install -qq -y --no-install-recommends $missing >/dev/null
    fi
fi

scripts/check.sh

echo "== TypeScript"
$bin/python scripts/npm.py ci --ignore-scripts --no-audit --no-fund --silent
$bin/python scripts/npm.py run --silent check
$bin/python scripts/npm.py run --silent test

echo "== pytest"
exec $bin/python -m pytest -n 2 --dist loadgroup "$@"
