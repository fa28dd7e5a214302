# shellcheck shell=sh
# What the installers share; sourced by them. `scratch` is --prefix: files go below it, the machine stays untouched.
source=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}
scratch=""

refuse() {
    echo "$*" >&2
    exit 1
}

say() { echo "$*"; }

# The usage is the comment at the top of the installer.
usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; }

need_root() {
    [ -n "$scratch" ] || [ "$(id -u)" = 0 ] || refuse "This makes a user and a service. Run it with sudo."
}

# as_user NAME COMMAND: does it work for the one who will run it? A python below /root, for one, does not.
as_user() (
    user=$1 && shift
    cd / && runuser -u "$user" -- "$@" >/dev/null 2>&1
)

# need_python USER
need_python() {
    [ -z "$scratch" ] || return 0
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        refuse "$python is not Python 3.11 or newer. Name one: PYTHON=/usr/bin/python3.11"
    python=$("$python" -c 'import sys; print(sys.executable)')
    as_user "$1" "$python" -c '' ||
        refuse "The user $1 may not run $python. Name a Python that everybody may run: PYTHON=/usr/bin/python3"
}

need_packages() {
    [ -n "$scratch" ] || sh "$source/deploy/packages.sh" "$@"
}

# make_user NAME HOME: a user without a password, but not a locked one, which some SSH servers refuse even with a key.
make_user() {
    [ -z "$scratch" ] || return 0
    id "$1" >/dev/null 2>&1 || useradd --system --user-group --home-dir "$2" --no-create-home --shell /bin/sh --password '*' "$1"
}

# make_folder MODE OWNER FOLDER
make_folder() {
    if [ -n "$scratch" ]; then mkdir -p "$scratch$3"; else install -d -m "$1" -o "${2%:*}" -g "${2#*:}" "$3"; fi
}

# place MODE OWNER FILE, content on standard input: it appears whole or not at all.
place() {
    target=$scratch$3
    mkdir -p "$(dirname "$target")"
    cat >"$target.new"
    chmod "$1" "$target.new"
    [ -n "$scratch" ] || chown "$2" "$target.new"
    mv "$target.new" "$target"
}

# place_once MODE OWNER FILE: the same, but a file that is there is its owner's and stays.
place_once() {
    if [ -e "$scratch$3" ]; then cat >/dev/null; else place "$@"; fi
}

# install_program USER VENV WHAT: WHAT is . or .[agent]. Built from a copy: an old build folder would bring back old files.
install_program() {
    [ -z "$scratch" ] || return 0
    copy=$(mktemp -d)
    trap 'rm -rf "$copy"' EXIT
    (cd "$source" && cp -R bot gpu_agent pyproject.toml README.md LICENSE "$copy")
    as_user "$1" "$2/bin/python" -m pip --version || "$python" -m venv --clear "$2"
    pip="$2/bin/python -m pip --quiet --disable-pip-version-check install -c $source/constraints.txt"
    # torch comes first and may come from its own place, as in the Makefile
    # shellcheck disable=SC2086  # the words of $pip are words on purpose
    [ "$3" = . ] || $pip ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch
    # shellcheck disable=SC2086
    (cd "$copy" && $pip "$3")
}

# has_systemd: false in a container, and on a WSL that was not told to use it.
has_systemd() { [ -z "$scratch" ] && [ -d /run/systemd/system ]; }
