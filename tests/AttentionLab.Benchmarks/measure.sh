#!/usr/bin/env bash
# All results of one machine into results/. Takes about a quarter of an hour, on a machine that does nothing else.
# usage: measure.sh NAME [DIR]   NAME of the machine in file names, for example epyc-zen4; DIR made by Rivals/setup.sh
set -euo pipefail
cd "$(dirname "$0")"
name=${1:?usage: measure.sh NAME [DIR]}
rivals=(); [ -z "${2:-}" ] || rivals=(--rivals "$(cd "$2" && pwd)")
dotnet build -v q --nologo
run() { dotnet run --no-build -- "$@"; }
mkdir -p results
run limit | tee "results/$name-limit.txt"
run duel "${rivals[@]}" --out "results/$name-duel.md" --json "results/$name-duel.json" > /dev/null
run torch --threads 1 --seconds 2 --out "results/$name-torch.md" --json "results/$name-torch.json" > /dev/null || echo "no PyTorch: no $name-torch"
run scale --out "results/$name-scale.md" > /dev/null
run alignment --out "results/$name-alignment.md" > /dev/null
