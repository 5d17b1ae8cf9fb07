#!/usr/bin/env bash
# Compares `fotograma extract --fps 1` with ffmpeg + zip doing the same work on the same video, in one run.
#   ./dev bench [RUNS]     results to standard output (Markdown); RUNS is 5 unless told
# Needs ffmpeg with libx264, and zip. Everything it makes lies in artifacts/bench.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-5}
work=$PWD/artifacts/bench
mkdir -p "$work"

# The program as it is shipped; ./dev bench builds it first.
product=$PWD/artifacts/fotograma
[ -x "$product/fotograma" ] || { echo "The program is not built. Run ./dev bench." >&2; exit 1; }

# Camera-like: a smooth moving picture (a fractal zoom, computed small and enlarged) with sensor-like noise, so that both the decoder and
# the PNG encoder have honest work; test cards with flat areas flatter fast compression. 1080p30, x264, groups of 2 s, 3 B-frames.
clip=$work/camera-1080p30.mp4
if [ ! -f "$clip" ]; then
    ffmpeg -v error -y -f lavfi -i "mandelbrot=size=640x360:rate=30:end_scale=0.01" -t 30 \
        -vf "scale=1920:1080:flags=bicubic,noise=alls=4:allf=t,format=yuv420p" \
        -c:v libx264 -preset veryfast -crf 23 -g 60 -keyint_min 60 -sc_threshold 0 -bf 3 "$clip.partial.mp4"
    mv "$clip.partial.mp4" "$clip"
fi

fotograma="'$product/fotograma' extract '$clip' -o '$work/fotograma.zip' --fps 1 --force --quiet"
with_ffmpeg() { echo "rm -rf '$work/frames' '$work/ffmpeg.zip' && mkdir '$work/frames' && ffmpeg -v error -nostdin -i '$clip' -vf fps=1:round=up $1 '$work/frames/frame_%06d.png' && cd '$work' && zip -0 -q -r ffmpeg.zip frames"; }

echo "# fotograma extract against ffmpeg + zip"
echo
echo "\`./dev bench $runs\` on $(date -u +%F), revision $(git rev-parse --short HEAD), $(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)," \
    "$(ffmpeg -version | sed -n '1s/ Copyright.*//p'), load average $(cut -d" " -f1 /proc/loadavg) at the start (above 0.5 the walls mean little). $(ffprobe -v error -show_entries format=duration,bit_rate -of csv=p=0 "$clip" | awk -F, '{printf "Clip: %.0f s of 1080p30 H.264 at %.1f Mbit/s", $1, $2 / 1e6}'), one PNG a second into a ZIP."
echo
dotnet run bench/measure.cs -- "$runs" \
    "fotograma" "$fotograma" \
    "ffmpeg (its defaults) + zip -0" "$(with_ffmpeg "")" \
    "ffmpeg (-compression_level 1 -pred up) + zip -0" "$(with_ffmpeg "-compression_level 1 -pred up")"
echo
echo "Archives: fotograma $(stat -c %s "$work/fotograma.zip") bytes with manifest, durable on disk before it ends (fsync);" \
    "ffmpeg tuned $(stat -c %s "$work/ffmpeg.zip") bytes, not synced. How each figure is taken: see \`bench/measure.cs\`."
