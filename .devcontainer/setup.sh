#!/usr/bin/env bash
# Prepares a machine for the course: checks the tools, installs a browser for the tests, restores and builds everything.
# Used by the dev container after it was created, and by .ci/run.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is missing: install it and try again." >&2; exit 1; }
dotnet --version >/dev/null || { echo "No installed .NET SDK fits global.json: install the .NET 10 SDK." >&2; exit 1; }
command -v node >/dev/null || echo "Node 20 or later is missing: the build goes on, but the book will not work offline."

find_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome || true; }
if [ -z "$(find_browser)" ] && command -v apt-get >/dev/null; then
  sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo"
  echo "Installing Chromium for the browser tests ..."
  { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } >/dev/null \
    || echo "Chromium could not be installed: the browser tests will be skipped."
fi

dotnet build --nologo -v quiet
