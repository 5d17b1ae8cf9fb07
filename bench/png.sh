#!/usr/bin/env bash
# Compares the PNG encoder with zlib and with ffmpeg's, on single pictures, ahead of time compiled as in the decoder.
#   ./dev bench png [RUNS] [PICTURE ...]     results to standard output (Markdown); RUNS is 15 unless told
# PICTURE is any video or image file that ffmpeg reads, of which a frame is taken and enlarged to 1080p; some are always made. Needs ffmpeg
# with libx264, and chromium for the page. Everything it makes lies in artifacts/bench.
set -euo pipefail
runs=${1:-15}
[[ $# == 0 ]] || shift
pictures=()
for given in "$@"; do pictures+=("$(realpath "$given")"); done
cd "$(dirname "$0")/.."
work=$PWD/artifacts/bench/png
program=$PWD/artifacts/bench/png-program
mkdir -p "$work"

# picture NAME FFMPEG-INPUT...: one frame as a binary pixmap, made once.
picture() {
  local target=$work/$1.ppm
  shift
  [[ -e $target ]] || { ffmpeg -v error -nostdin -y "$@" -frames:v 1 -pix_fmt rgb24 "$target.partial.ppm" && mv "$target.partial.ppm" "$target"; }
  frames+=("$target")
}

# coded NAME FFMPEG-INPUT...: the same after a trip through x264, as the frames of a video are; its 61st frame.
coded() {
  local name=$1 clip=$work/$1.mp4
  shift
  [[ -e $work/$name.ppm ]] || ffmpeg -v error -nostdin -y "$@" -frames:v 90 -c:v libx264 -preset veryfast -crf 23 -bf 3 -pix_fmt yuv420p "$clip"
  picture "$name" -ss 2 -i "$clip"
}

frames=()
zoom=(-f lavfi -i "mandelbrot=size=640x360:rate=30:start_scale=0.5:end_scale=0.01")
coded camera "${zoom[@]}" -vf "scale=1920:1080:flags=bicubic,noise=alls=4:allf=t"
coded camera-noisy "${zoom[@]}" -vf "scale=1920:1080:flags=bicubic,noise=alls=12:allf=t"
picture noise-added "${zoom[@]}" -vf "select=eq(n\,60),scale=1920:1080:flags=bicubic,noise=alls=6:allf=t"
picture testsrc2 -ss 2 -f lavfi -i testsrc2=size=1920x1080
coded testsrc2-coded -f lavfi -i testsrc2=size=1920x1080
if [[ ! -e $work/page.png ]]; then
  browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
  {
    echo '<meta charset="utf-8"><body style="font: 16px sans-serif; columns: 2"><div style="background: linear-gradient(90deg, #09f, #fff); height: 80px"></div><pre>'
    sed 's/&/\&amp;/g; s/</\&lt;/g' docs/architecture.md
  } >"$work/page.html"
  "$browser" --headless --no-sandbox --disable-gpu --window-size=1920,1080 --screenshot="$work/page.png" "file://$work/page.html" >/dev/null 2>&1
fi
picture page -i "$work/page.png"
coded page-coded -loop 1 -i "$work/page.png"
for given in "${pictures[@]}"; do
  picture "$(basename "${given%.*}")" -ss 12 -i "$given" -vf scale=1920:1080:flags=bicubic
done

dotnet publish bench/png.cs -o "$program" -v quiet >&2
echo "# PNG encoders"
echo
echo "\`./dev bench png $runs\` on $(date -u +%F), revision $(git rev-parse --short HEAD), one core of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)," \
  "$(ffmpeg -version | sed -n '1s/ Copyright.*//p'), load average $(cut -d" " -f1 /proc/loadavg) at the start. How each figure is taken: see \`bench/png.cs\`."
echo
"$program/fotograma-bench-png" "$runs" "${frames[@]}"
