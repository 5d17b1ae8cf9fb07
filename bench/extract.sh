#!/usr/bin/env bash
# Compares `fotograma extract` with ffmpeg + zip, PyAV, OpenCV and ffmpegthumbnailer doing the same work on the same videos, in one run.
#   ./dev bench [RUNS] [ROWS]     results to standard output (Markdown); RUNS is 5 unless told, a third of it for videos of ten minutes;
#                                 ROWS is a regular expression of the names of rows, all unless told
# Needs ffmpeg with libx264, libx265 and libvpx, and zip; of Debian's python3-av, python3-opencv, python3-pil and ffmpegthumbnailer it takes
# what is installed. Everything it makes lies in artifacts/bench: 10 GB.
# "decoding what is needed" is bench/floor.cs, or the program that FLOOR names, with the arguments of `fotograma extract`.
set -euo pipefail
cd "$(dirname "$0")/.."
readonly work=$PWD/artifacts/bench
readonly product=$PWD/artifacts/fotograma
readonly self=$PWD/bench/extract.sh
readonly likeness_least=40
# The goals are for the first.
readonly clips=(h264.mp4 h264-medium.mp4 h264-no-b.mp4 hevc.mp4 vp9.webm)
readonly floor_program=${FLOOR:-$work/floor-program/fotograma-bench-floor}

stop() {
  printf '%s\n' "$*" >&2
  exit 1
}

say() { printf '%s\n' "$*" >&2; }

# ---- Did they make the same? `bench/extract.sh same KIND A.zip B.zip ...` is called by the measuring program before it measures. -----------

unpack() { rm -rf "$2" && mkdir -p "$2" && unzip -q -j "$1" '*/frame_*' -d "$2"; }

# Prints the peak signal-to-noise ratio of two folders' images to each other, in whole decibels: of the worst pair.
likeness() {
  ffmpeg -v error -nostdin -f image2 -pattern_type glob -i "$1/frame_*.jpg" -f image2 -pattern_type glob -i "$2/frame_*.jpg" -lavfi psnr=stats_file=- -f null - |
    sed -n 's/.*psnr_avg:\([0-9]*\|inf\).*/\1/p' | sed 's/inf/99/' | sort -n | head -1
}

# Prints a hash of the raw RGB of every image, in order.
pixels() {
  ffmpeg -v error -nostdin -f image2 -pattern_type glob -i "$1/frame_*.png" -fps_mode passthrough -pix_fmt rgb24 -f framehash -hash sha256 - |
    sed -n '/^#/!s/.* //p'
}

same() {
  local kind=$1 first=$2 other
  shift 2
  unpack "$first" "$work/same-a"
  for other in "$@"; do
    unpack "$other" "$work/same-b"
    case $kind in
      pixels) equal "$(pixels "$work/same-a")" "$(pixels "$work/same-b")" || stop "DIFFERENT PIXELS in $first and $other. Nothing was measured." ;;
      size) near "$work/same-a" "$work/same-b" || stop "DIFFERENT NUMBER OR SIZE OF IMAGES in $first and $other. Nothing was measured." ;;
    esac
  done
  rm -rf "$work/same-a" "$work/same-b"
}

equal() { [[ -n $1 && $1 == "$2" ]]; }

# As many images, whose sizes together differ by 3 % at most, and which show the same: as like each other as two encoders of this quality make one picture.
near() {
  local a b
  [[ $(find "$1" -type f | wc -l) == "$(find "$2" -type f | wc -l)" ]] || return 1
  (($(likeness "$1" "$2") >= likeness_least)) || return 1
  a=$(du -sb --apparent-size "$1" | cut -f1)
  b=$(du -sb --apparent-size "$2" | cut -f1)
  ((100 * (a > b ? a - b : b - a) <= 3 * b))
}

if [[ ${1:-} == same ]]; then
  shift
  same "$@"
  exit
fi

# ---- The videos ----------------------------------------------------------------------------------------------------------------------------

# once FILE COMMAND...: makes a file that does not exist yet; the command is given a name to write to as its last argument.
once() {
  local target=$1
  shift
  [[ ! -e $target ]] || return 0
  say "Making $(basename "$target") ..."
  "$@" "$work/partial.${target##*.}" </dev/null
  mv "$work/partial.${target##*.}" "$target"
}

# Camera-like: a smooth moving picture (a fractal zoom, computed small and enlarged) with sensor-like noise, so that both the decoder and
# the PNG encoder have honest work; test cards with flat areas flatter fast compression. Half a minute of 1080p30 at the bit rate of a
# telephone; long videos are the same over and over, copied without coding it again.
make_clips() {
  local camera=(ffmpeg -v error -y -f lavfi -i "mandelbrot=size=640x360:rate=30:end_scale=0.01" -t 30
    -vf "scale=1920:1080:flags=bicubic,noise=alls=4:allf=t,format=yuv420p") rate=(-maxrate 20M -bufsize 40M) name
  mkdir -p "$work"
  once "$work/h264.mp4" "${camera[@]}" -c:v libx264 -preset veryfast -crf 23 "${rate[@]}" -g 60 -keyint_min 60 -sc_threshold 0 -bf 3
  once "$work/h264-medium.mp4" "${camera[@]}" -c:v libx264 "${rate[@]}"
  once "$work/h264-no-b.mp4" "${camera[@]}" -c:v libx264 -preset veryfast -crf 23 "${rate[@]}" -g 30 -keyint_min 30 -sc_threshold 0 -bf 0
  once "$work/hevc.mp4" "${camera[@]}" -c:v libx265 -preset fast -tag:v hvc1 -x265-params log-level=error:vbv-maxrate=20000:vbv-bufsize=40000
  once "$work/vp9.webm" "${camera[@]}" -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -row-mt 1 -b:v 12M
  for name in "${clips[@]}"; do
    once "$work/long-$name" ffmpeg -v error -y -stream_loop 19 -i "$work/$name" -c copy
  done
  once "$work/longer-h264.mp4" ffmpeg -v error -y -stream_loop 39 -i "$work/h264.mp4" -c copy
}

# ---- What is compared ----------------------------------------------------------------------------------------------------------------------

# row NAME RUNS CHECK-KIND: begins a row, unless it was not asked for. run LABEL COMMAND: one of the programs compared in it.
row() {
  wanted=1 number=0
  [[ $1 =~ $rows ]] || wanted=0
  check=$3
  ((wanted == 0)) || lines+=("row	$1	$2	-")
}

run() {
  ((wanted == 1)) || return 0
  number=$((number + 1))
  local label=$1 made=$work/made-$number.zip
  lines+=("run	$label	$made	rm -rf '$made' '$work/frames'; made='$made' frames='$work/frames'; $2")
}

# Marks the row's first and the other numbered archives for comparison, now that they are known.
compare() {
  ((wanted == 1)) || return 0
  local at=$((${#lines[@]} - number)) others='' other
  for other in "$@"; do others+=" '$work/made-$other.zip'"; done
  lines[at - 1]="${lines[at - 1]%-}bash '$self' same $check '$work/made-1.zip'$others"
}

fotograma() {
  run fotograma "'$product/fotograma' extract '$1' -o \$made --force --quiet ${*:2}"
  floor="'$floor_program' '$1' ${*:2} && touch \$made"
}

# The least that any program must do: decode.
floor() { run "decoding what is needed" "$floor"; }

# shellcheck disable=SC2016 # the names are those of the command's own shell
readonly into_zip='cd $(dirname $frames) && zip -0 -q -r $made frames'
with_ffmpeg() { run "$1" "mkdir \$frames && ffmpeg -v error -nostdin $2 && $into_zip"; }

with_python() {
  [[ -n ${python[${1%%-*}]} ]] || return 0
  run "$1" "${python[${1%%-*}]} '$PWD/bench/peers.py' $1 '$2' \$made $3 $4"
}

# It takes whole seconds.
with_thumbnailer() {
  [[ $(command -v ffmpegthumbnailer) ]] || return 0
  run "ffmpegthumbnailer, $1" "mkdir \$frames && for t in ${3//$'\n'/ }; do ffmpegthumbnailer -i '$2' -s 0 -t \$(date -u -d @\${t%.*} +%T) -o \$frames/frame_\$t.png; done && $into_zip"
}

find_python() {
  local name program
  for name in pyav opencv; do
    python[$name]=
    for program in python3 /usr/bin/python3; do
      "$program" bench/peers.py available "$name" 2>/dev/null && python[$name]=$program && break
    done
    [[ -n ${python[$name]} ]] || say "$name is not installed: it is left out."
  done
}

# Whether it is the clip that the goals are for: the others are compared with ffmpeg alone where the rest would only take its time.
first() { [[ $1 == "${clips[0]}" ]]; }

rows_of_dense() {
  local name clip
  for name in "${clips[@]}"; do
    clip=$work/$name
    row "fps=1, PNG, 30 s of $name" "$runs" pixels
    fotograma "$clip" --fps 1
    with_ffmpeg "ffmpeg, its defaults" "-i '$clip' -vf fps=1:round=up \$frames/frame_%06d.png"
    with_ffmpeg "ffmpeg, -compression_level 1 -pred up" "-i '$clip' -vf fps=1:round=up -compression_level 1 -pred up \$frames/frame_%06d.png"
    compare 2 3
    with_python pyav "$clip" png 1
    with_python opencv "$clip" png 1
    floor
  done
  for name in "${clips[@]}"; do
    clip=$work/$name
    row "fps=1, JPEG, 30 s of $name" "$runs" size
    fotograma "$clip" --fps 1 --format jpeg --quality "$quality"
    with_ffmpeg "ffmpeg -q:v 2" "-i '$clip' -vf fps=1:round=up -q:v 2 \$frames/frame_%06d.jpg"
    compare 2
    first "$name" && with_python pyav "$clip" jpeg 1
    first "$name" && with_python opencv "$clip" jpeg 1
    floor
  done
  for name in "${clips[@]}"; do
    clip=$work/$name
    row "every frame, JPEG, 30 s of $name" "$runs" size
    fotograma "$clip" --all --format jpeg --quality "$quality"
    with_ffmpeg "ffmpeg -q:v 2" "-i '$clip' -fps_mode passthrough -q:v 2 \$frames/frame_%06d.jpg"
    compare 2
    first "$name" && with_python pyav "$clip" jpeg 0
    first "$name" && with_python opencv "$clip" jpeg 0
    floor
  done
}

rows_of_sparse() {
  local name clip
  for name in "${clips[@]}"; do
    clip=$work/long-$name
    row "one frame every 10 s, PNG, 10 minutes of $name" "$long_runs" pixels
    fotograma "$clip" --every 10
    with_ffmpeg "ffmpeg" "-i '$clip' -vf fps=1/10:round=up \$frames/frame_%06d.png"
    compare 2
    # Decoding everything takes each of them as long as ffmpeg: once is enough to see it.
    first "$name" && with_python pyav "$clip" png 10
    with_python pyav-seek "$clip" png 10
    first "$name" && with_python opencv "$clip" png 10
    with_python opencv-seek "$clip" png 10
    first "$name" && with_thumbnailer "60 times" "$clip" "$(seq 0 10 590)"
    floor
  done
  for name in "${clips[@]}"; do
    clip=$work/long-$name
    row "100 random moments, PNG, 10 minutes of $name" "$long_runs" pixels
    fotograma "$clip" --timestamps "$(moments 0.5 ,)"
    # It loses against the next one wherever it is measured.
    first "$name" && with_ffmpeg "ffmpeg, one select" "-i '$clip' -vf select='$(moments n +)' -fps_mode passthrough \$frames/frame_%06d.png"
    run "ffmpeg -ss, 100 times" "mkdir \$frames && for t in $(moments -0.5 ' '); do ffmpeg -v error -nostdin -ss \$t -i '$clip' -frames:v 1 \$frames/frame_\$(printf %011.6f \$t).png; done && $into_zip"
    if first "$name"; then compare 2 3; else compare 2; fi
    first "$name" && with_python pyav-moments "$clip" png "$(moments 0.5 ,)"
    first "$name" && with_python opencv-moments "$clip" png "$(moments 0.5 ,)"
    first "$name" && with_thumbnailer "100 times" "$clip" "$(moments 0.5 ' ')"
    floor
  done
  for name in "${clips[@]}"; do
    clip=$work/long-$name
    row "keyframes, JPEG, 10 minutes of $name" "$runs" size
    fotograma "$clip" --keyframes --format jpeg --quality "$quality"
    with_ffmpeg "ffmpeg -skip_frame nokey" "-skip_frame nokey -i '$clip' -fps_mode passthrough -q:v 2 \$frames/frame_%06d.jpg"
    compare 2
    first "$name" && with_python pyav-keys "$clip" jpeg -
    floor
  done
  clip=$work/long-h264.mp4
  # Both are over in a second: several runs cost little, and one says nothing.
  row "30 frames of 10 and of 20 minutes, PNG, h264.mp4" "$((runs < 5 ? 5 : runs))" -
  run "fotograma, 10 minutes" "'$product/fotograma' extract '$clip' -o \$made --force --quiet --count 30"
  run "fotograma, 20 minutes" "'$product/fotograma' extract '$work/longer-h264.mp4' -o \$made --force --quiet --count 30"
}

# A hundred frames of the long video, always the same: `moments n +` for their numbers as ffmpeg's select wants them; `moments 0.5 ,` for
# the middles of the time they are shown, and `moments -0.5 ' '` for half a frame before, from where the next frame that ffmpeg meets
# after -ss is the same one.
moments() {
  awk -v shift="$1" -v between="$2" 'BEGIN {
    srand(20); while (count < 100) { n = 1 + int(rand() * 17990); if (!(n in taken)) { taken[n] = 1; count++ } }
    for (n = 1; n < 18000; n++) if (n in taken) {
      printf "%s", separator; separator = between
      if (shift == "n") printf "eq(n\\,%d)", n; else printf "%.6f", (n + shift) / 30
    }
  }'
}

main() {
  readonly runs=${1:-5} rows=${2:-.}
  readonly long_runs=$(((runs + 2) / 3))
  # The quality that is the same quantiser scale as ffmpeg's -q:v 2; see src/Fotograma.Media/Jpeg/JpegEncoder.cs.
  readonly quality=97
  local wanted=0 number=0 check=- floor=
  local -a lines=()
  local -A python=()
  [[ -x $product/fotograma ]] || stop "The program is not built. Run ./dev bench."
  [[ -n ${FLOOR:-} ]] || dotnet publish bench/floor.cs -o "$(dirname "$floor_program")" -v quiet >&2
  make_clips
  find_python
  rows_of_dense
  rows_of_sparse
  ((${#lines[@]} > 0)) || stop "No row's name matches '$rows'."
  printf '%s\n' "${lines[@]}" >"$work/plan.tsv"
  echo "# fotograma extract against others"
  echo
  echo "\`./dev bench $*\` on $(date -u +%F), revision $(git rev-parse --short HEAD), $(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)," \
    "$(ffmpeg -version | sed -n '1s/ Copyright.*//p'), load average $(cut -d" " -f1 /proc/loadavg) at the start (above 0.5 the walls mean little)." \
    "1080p30: $(for clip in "${clips[@]}"; do printf '%s %s Mbit/s, ' "$clip" "$(ffprobe -v error -show_entries format=bit_rate -of csv=p=0 "$work/$clip" | awk '{ printf "%.1f", $1 / 1e6 }')"; done)ratios are to the fastest ffmpeg of the row." \
    "Archives of fotograma hold a manifest and are durable on disk before it ends (fsync); the others are not synced." \
    "PNG rows: every pixel was compared with ffmpeg's first. JPEG rows: as many images, sizes within 3 %, every image at least $likeness_least dB like ffmpeg's. How each figure is taken: see \`bench/measure.cs\`."
  echo
  dotnet run bench/measure.cs -- "$work/plan.tsv"
}

main "$@"
