#!/usr/bin/env bash
# Runs the suite several times in a row while every core is kept busy by others: no test may depend on speed.
#   run.sh [RUNS] [ARGUMENTS]    RUNS is 3 if not given; 'dotnet test ARGUMENTS' each time; stops at the first run that fails
# The load: an endless loop for each core (LOOPS=N: N for each), at the same priority as the tests. Build first: the tests are not built again.
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=3
if [[ ${1:-} =~ ^[0-9]+$ ]]; then runs=$1; shift; fi

loops=()
end_load() { kill "${loops[@]}" 2>/dev/null || true; }
trap end_load EXIT
for ((i = 0; i < ${LOOPS:-1} * $(nproc); i++)); do
  (while :; do :; done) &
  loops+=($!)
done

for ((run = 1; run <= runs; run++)); do
  started=$SECONDS
  dotnet test --no-build "$@" || { echo "run $run of $runs FAILED after $((SECONDS - started)) s under load $(cut -d ' ' -f 1 /proc/loadavg)"; exit 1; }
  echo "run $run of $runs passed in $((SECONDS - started)) s under load $(cut -d ' ' -f 1 /proc/loadavg)"
done
