#!/usr/bin/env bash
# Measures how fast jobs start and how many go through, on PostgreSQL with each transport, beside a plain SKIP LOCKED loop.
#   ./dev bench queue [JOBS] [RATE] [TRANSPORT ...]     results to standard output (Markdown); 5000 jobs and 50 a second unless told
# Needs what ./dev deps test installs. Everything it makes lies in temporary folders.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${1:-5000} rate=${2:-50}
echo "# The queue alone"
echo
echo "\`./dev bench queue $*\` on $(date -u +%F), revision $(git rev-parse --short HEAD), $(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)," \
  "load average $(cut -d" " -f1 /proc/loadavg) at the start. PostgreSQL with synchronous_commit and fsync on; worker, relay and broker share the cores. How each figure" \
  "is taken: see \`bench/queue.cs\`."
echo
# As the server is configured (src/Fotograma.Server/Fotograma.Server.csproj).
export DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0
dotnet run -c Release bench/queue.cs -- "$jobs" "$rate" "${@:3}"
