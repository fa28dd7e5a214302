#!/bin/sh
# Sets up the bot on an always-on machine with Debian 12, Ubuntu 24.04, Raspberry Pi OS 12 or newer. Run it again to upgrade.
#
#   sudo deploy/install-bot.sh
#
#   --prefix FOLDER    only write the files, below this folder, and leave the machine as it is
#
# PYTHON names another python3.11 or newer.

set -eu
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/steps.sh"

STATE=/var/lib/darkroom
PROGRAM=/opt/darkroom
SETTINGS=/etc/darkroom/darkroom.toml
TOKEN=/etc/darkroom/token

while [ $# -gt 0 ]; do
    case $1 in
    --prefix)
        [ $# -ge 2 ] || refuse "$1 needs a value; see --help."
        scratch=$2 && shift 2
        ;;
    --help) usage && exit 0 ;;
    *) refuse "$1 is no option; see --help." ;;
    esac
done

# The example's paths are those of a person's home; here everything the bot writes is below its state folder.
settings() {
    sed -e "s|~/.config/darkroom/token|$TOKEN|" \
        -e "s|~/.local/share/darkroom|$STATE|" \
        -e "s|~/.config/darkroom|$STATE|" "$source/examples/darkroom.toml"
}

write_files() {
    make_folder 0700 darkroom:darkroom "$STATE"
    settings | place_once 0640 root:darkroom "$SETTINGS"
    place_once 0640 root:darkroom "$TOKEN" </dev/null
    place 0644 root:root /etc/systemd/system/darkroom.service <"$source/deploy/darkroom.service"
}

make_key() {
    [ -e "$STATE/id_ed25519" ] || runuser -u darkroom -- ssh-keygen -q -t ed25519 -N '' -C darkroom -f "$STATE/id_ed25519"
}

start() {
    if ! has_systemd; then
        say "systemd does not run here, so nothing was started."
        return
    fi
    systemctl daemon-reload
    systemctl enable --quiet darkroom
    [ ! -s "$TOKEN" ] || systemctl restart darkroom
}

say_what_is_next() {
    say "The bot's public key, for --key of install-tower.sh:"
    cat "$STATE/id_ed25519.pub"
    [ -s "$TOKEN" ] || say "Next: put the bot's token into $TOKEN, fill in $SETTINGS, then: systemctl start darkroom"
    say "Look at everything: sudo -u darkroom $PROGRAM/bin/darkroom check --config $SETTINGS"
}

need_root
need_packages python3-venv openssh-client sqlite3
make_user darkroom "$STATE"
need_python darkroom
say "installing the bot …"
install_program darkroom "$PROGRAM" .
write_files
[ -z "$scratch" ] || { say "Wrote the files below $scratch; the machine was left as it is." && exit 0; }
make_key
start
say_what_is_next
