#!/usr/bin/env bash
# Compares the JPEG encoder with libavcodec's, on single pictures, ahead of time compiled as in the decoder.
#   ./dev bench jpeg [RUNS [PICTURE]]     results to standard output (Markdown); RUNS is 40 unless told
# PICTURE is one of those that bench/jpeg.cs makes. Needs ffmpeg. The program lies in artifacts/bench.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-40}
program=$PWD/artifacts/bench/jpeg-program
dotnet publish bench/jpeg.cs -o "$program" -v quiet >&2
echo "# JPEG encoders"
echo
echo "\`./dev bench jpeg $*\` on $(date -u +%F), revision $(git rev-parse --short HEAD), one core of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)," \
  "$(ffmpeg -version | sed -n '1s/ Copyright.*//p'), load average $(cut -d" " -f1 /proc/loadavg) at the start. How each figure is taken: see \`bench/jpeg.cs\`."
echo
"$program/fotograma-bench-jpeg" "$runs" "${@:2}"
