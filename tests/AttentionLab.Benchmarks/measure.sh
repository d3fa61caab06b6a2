#!/usr/bin/env bash
# The results of one machine into results/, on a machine that does nothing else. What was cut off goes on where it was, if it is called again.
# usage: measure.sh NAME DIR [PART...]
#   NAME  of the machine in file names, for example epyc-zen4
#   DIR   made by Rivals/setup.sh
#   PART  limit, phases, duel (1 and 2 threads), narrow (the same with 256-bit registers), about a quarter of an hour together; torch, scale, alignment;
#         texts (MiniLM, fetched into work/models by: dotnet run --project lib/AttentionLab.Studio -- model get minilm --onnx).
#         All of them, if none is named.
# ONLY="matmul encoder" in the environment restricts duel and narrow to these groups. A new measurement begins when results/NAME-*.json are removed.
set -euo pipefail
name=${1:?usage: measure.sh NAME DIR [PART...]} rivals=$(cd "${2:?usage: measure.sh NAME DIR [PART...]}" && pwd)
cd "$(dirname "$0")"
shift 2
[ $# -gt 0 ] || set -- limit phases duel narrow torch scale alignment texts
dotnet build -v q --nologo
mkdir -p results
at="results/$name" model=../../work/models/minilm
run() { dotnet run --no-build -- "$@"; }
wide() { grep -qw avx512f /proc/cpuinfo; }
# Rivals that can be told use 256 bits, too. ONNX Runtime cannot: it looks at the CPU itself.
narrow() { DOTNET_EnableAVX512=0 ONEDNN_MAX_CPU_ISA=AVX2 DNNL_MAX_CPU_ISA=AVX2 OPENBLAS_CORETYPE=Haswell run "$@"; }
for part; do
  case $part in
    limit) run limit | tee "$at-limit.txt" ;;
    phases)
      run phases --out "$at-phases.md"
      ! wide || narrow phases --out "$at-phases-256.md" ;;
    duel) run duel --rivals "$rivals" --seconds 1 ${ONLY:+--only $ONLY} --json "$at-duel.json" --resume --out "$at-duel.md" > /dev/null ;;
    narrow)
      wide || { echo "No AVX-512 here: duel measures 256 bits." >&2; continue; }
      narrow duel --rivals "$rivals" --seconds 0.6 --only ${ONLY:-matmul packed attention causal masked short decode encoder rows lightning} \
        --json "$at-duel-256.json" --resume --out "$at-duel-256.md" > /dev/null ;;
    torch) run torch --threads 1 --seconds 2 --out "$at-torch.md" --json "$at-torch.json" > /dev/null || echo "no PyTorch: no $name-torch" ;;
    scale) run scale --out "$at-scale.md" > /dev/null ;;
    alignment) run alignment --out "$at-alignment.md" > /dev/null ;;
    texts)
      if [ ! -f "$model/onnx/model.onnx" ]; then
        echo "no $model/onnx/model.onnx: no $name-texts; dotnet run --project lib/AttentionLab.Studio -- model get minilm --onnx" >&2
        continue
      fi
      ahead=$(mktemp -d)
      dotnet publish ../AttentionLab.FirstVector -p:PublishAot=true -p:IlcInstructionSet=native -o "$ahead" -v q --nologo # gcc or clang links it
      run texts --ahead "$ahead/AttentionLab.FirstVector" --rivals "$rivals" --model "$model" --seconds 5 --out "$at-texts.md" > /dev/null
      rm -r "$ahead" ;;
    *) echo "$part is no part: limit, phases, duel, narrow, torch, scale, alignment, texts" >&2; exit 2 ;;
  esac
done
run machines --results results
