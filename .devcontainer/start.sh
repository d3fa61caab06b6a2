#!/usr/bin/env bash
# Starts the course on the port that the dev container forwards, each time an editor is attached; a course that runs already stays.
# start.sh [PORT]
set -euo pipefail
cd "$(dirname "$0")/.."
port=${1:-5080}

if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  echo "Port $port is taken: the course is probably there already. The address that lets your browser in stands in the terminal where it runs."
  echo "Lost that terminal? $0 $((port + 1)) starts another."
  exit
fi
exec dotnet run --project lib/AttentionLab.Studio -- --port "$port" --no-open
