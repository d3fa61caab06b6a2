#!/usr/bin/env bash
# Installs the rivals of the duel (Debian, root): the libraries by apt, ONNX Runtime into a folder. usage: setup.sh DIR
set -euo pipefail
dir=${1:?usage: setup.sh DIR}
apt-get update
apt-get install -y --no-install-recommends python3-torch libopenblas0-pthread libdnnl2
mkdir -p "$dir" && cd "$dir"
# Only this package, into this folder: the runtime's libraries are in it.
cat > onnxruntime.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="Microsoft.ML.OnnxRuntime" Version="[1.31.1]" /></ItemGroup>
</Project>
PROJECT
dotnet restore onnxruntime.csproj --packages packages --nologo
echo "Done. Now: dotnet run --project tests/AttentionLab.Benchmarks -- duel --rivals $dir"
