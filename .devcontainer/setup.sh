#!/usr/bin/env bash
# Prepares a machine for the course: checks the tools, installs a browser for the tests and a Chinese font, builds everything (which restores the
# .NET Interactive tool), and registers the tool's kernel for Jupyter.
# Used by the dev container after it was created, and by .ci/run.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is missing: install it and try again." >&2; exit 1; }
dotnet --version >/dev/null || { echo "No installed .NET SDK fits global.json: install the .NET 10 SDK." >&2; exit 1; }
command -v node >/dev/null || echo "Node 20 or later is missing: the build goes on, but the book will not work offline."

# A browser for the tests, and Chinese letters for the terms that the course gives in Chinese.
find_browser() { command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome || true; }
find_chinese() {
  find /usr/share/fonts /usr/local/share/fonts "$HOME/.local/share/fonts" -iregex '.*\(cjk\|wqy\|sourcehan\|notosanssc\).*' 2>/dev/null | head -n 1
}
if command -v apt-get >/dev/null; then
  missing=()
  [ -n "$(find_browser)" ] || missing+=(chromium)
  [ -n "$(find_chinese)" ] || missing+=(fonts-wqy-microhei)
  sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo"
  if [ "${#missing[@]}" -gt 0 ]; then
    echo "Installing ${missing[*]} ..."
    { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >/dev/null \
      || echo "Could not install ${missing[*]}: the tests that need them will be skipped."
  fi
fi

dotnet build --nologo -v quiet

# The build restores the tool once; a new container with an old work tree has to do it again.
# The kernel is written to its place directly: the tool's own way asks for a 'jupyter' program, which VS Code does not need.
case "$(uname -s)" in
  Darwin) data="$HOME/Library/Jupyter" ;;
  MINGW* | MSYS*) data="${APPDATA:-$HOME}/jupyter" ;;
  *) data="${XDG_DATA_HOME:-$HOME/.local/share}/jupyter" ;;
esac
kernels="${JUPYTER_DATA_DIR:-$data}/kernels"
export DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT=1 DOTNET_INTERACTIVE_SKIP_FIRST_TIME_EXPERIENCE=1
mkdir -p "$kernels"
if registered=$( { dotnet tool restore && dotnet interactive jupyter install --path "$kernels"; } 2>&1); then echo "Jupyter's kernel .NET (C#) is in $kernels."
else echo "Jupyter's kernel could not be registered, the rest works: $(tail -n 1 <<<"$registered")"; fi
