#!/usr/bin/env bash
# Installs the rivals of the duel (Debian, root) and writes the ONNX models into a folder. usage: setup.sh DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${1:?usage: setup.sh DIR}
apt-get update
apt-get install -y --no-install-recommends python3-torch python3-onnx libopenblas0-pthread libdnnl2
mkdir -p "$dir" && cd "$dir"
npm install --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
"$(command -v /usr/bin/python3)" "$here/make_onnx.py"
echo "Done. Now: dotnet run --project tests/AttentionLab.Benchmarks -- duel --rivals $dir"
