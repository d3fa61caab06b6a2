#!/usr/bin/env bash
# Starts the course on the port that the dev container forwards, each time an editor is attached; a course that runs already stays.
# start.sh [PORT]
set -euo pipefail
cd "$(dirname "$0")/.."
port=${1:-5080}

if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  echo "Port $port is taken: the course is probably there already, at http://127.0.0.1:$port/"
  exit
fi
exec dotnet run --project lib/AttentionLab.Studio -- --port "$port" --no-open
