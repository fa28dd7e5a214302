#!/bin/sh
# Installs Debian packages that are not there yet; says what to do where it may not or cannot.
set -eu
command -v apt-get >/dev/null 2>&1 || { echo "this is not a Debian: please install $* (or what provides them) yourself" >&2; exit 1; }
missing=""
for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q "install ok installed" || missing="$missing $name"
done
[ -n "$missing" ] || exit 0
as_root=""
if [ "$(id -u)" != 0 ]; then
    as_root="sudo -n"
    sudo -n true 2>/dev/null || { echo "please run: sudo apt-get install$missing" >&2; exit 1; }
fi
echo "installing$missing …"
log=$(mktemp)
# shellcheck disable=SC2086  # the names are words on purpose
if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    exit 1
fi
rm -f "$log"
