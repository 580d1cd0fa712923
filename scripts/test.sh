#!/bin/sh
# Everything that counts, on this machine: tools, lint, types, imports, TypeScript, Python and browser tests.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
packages="chromium fonts-noto-cjk gdal-bin postgresql"

missing=""
for package in $packages; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
if [ -n "$missing" ]; then
    as_root="env"
    [ "$(id -u)" = 0 ] || as_root="sudo -n env"
    echo "== installing$missing"
    if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
        $as_root DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
            $as_root DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null ||
            echo "not installed: the tests that need$missing skip, or fail where CI=true"
    else
        echo "no apt-get, or no rights to it: the tests that need$missing skip, or fail where CI=true"
    fi
fi

scripts/check.sh

echo "== TypeScript"
$bin/python scripts/npm.py ci --ignore-scripts --no-audit --no-fund --silent
$bin/python scripts/npm.py run --silent check
$bin/python scripts/npm.py run --silent test

echo "== pytest"
exec $bin/python -m pytest -n 2 --dist loadgroup "$@"
