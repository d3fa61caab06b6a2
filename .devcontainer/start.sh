#!/usr/bin/env bash
# Starts the course on the port that the dev container forwards, each time an editor is attached; a course that runs already stays.
# start.sh [PORT [--again]]      --again ends the course that runs on that port, and starts it in this terminal
set -euo pipefail
cd "$(dirname "$0")/.."
port=${1:-5080}

if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  course=$(sed -n 2p work/live/.course 2>/dev/null || true)
  if [ "${2:-}" != --again ] || ! grep -q AttentionLab "/proc/${course:-none}/cmdline" 2>/dev/null; then
    echo "Port $port is taken: the course is probably there already. The address that lets your browser in stands in the terminal where it runs."
    echo "Lost that terminal? $0 $port --again ends that course, and starts it here; what you wrote is kept."
    exit
  fi
  kill "$course"
  while kill -0 "$course" 2>/dev/null; do sleep 0.2; done
fi
exec dotnet run --project lib/AttentionLab.Studio -- --port "$port" --no-open
