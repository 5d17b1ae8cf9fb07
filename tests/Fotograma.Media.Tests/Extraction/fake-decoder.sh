#!/bin/sh
# Plays a decoder in the tests: reads its request like the real one, then runs the file it is asked to decode as a shell script.
PATH=/usr/local/bin:/usr/bin:/bin
IFS= read -r request
input=${request#*\"inputPath\":\"}
input=${input%%\"*}
echo $$ > "$input.pid"
# shellcheck source=/dev/null
. "$input"
