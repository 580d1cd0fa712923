#!/bin/sh
# Lint, format, types and import rules.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
echo "== ruff"
$bin/ruff check .
$bin/ruff format --check --quiet .
echo "== mypy"
$bin/mypy
echo "== import rules"
$bin/lint-imports
