#!/usr/bin/env bash
# Installs the rivals of the duel (Debian, root): the libraries by apt, ONNX Runtime into a folder. usage: setup.sh DIR
set -euo pipefail
dir=${1:?usage: setup.sh DIR}
apt-get update
apt-get install -y --no-install-recommends python3-torch libopenblas0-pthread libdnnl2
mkdir -p "$dir" && cd "$dir"
npm install --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
echo "Done. Now: dotnet run --project tests/AttentionLab.Benchmarks -- duel --rivals $dir"
