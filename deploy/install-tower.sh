#!/bin/sh
# Sets up the agent on a GPU tower with Debian 12, Ubuntu 24.04 or newer. Run it again to upgrade, or for a second bot's key.
#
#   sudo deploy/install-tower.sh --key FILE [--from ADDRESSES]
#
#   --key FILE         the bot's public key, as install-bot.sh prints it
#   --from ADDRESSES   let that key in only from there, e.g. 192.168.1.0/24
#   --prefix FOLDER    only write the files, below this folder, and leave the machine as it is
#
# PYTHON names another python3.11 or newer, TORCH_INDEX another index for pip to take torch from.

set -eu
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/steps.sh"

HOME_FOLDER=/var/lib/gpu-agent
PROGRAM=/opt/gpu-agent
ATTACH="$PROGRAM/bin/gpu-agent attach --socket /run/gpu-agent/agent.sock"
key_file="" from=""

while [ $# -gt 0 ]; do
    case $1 in
    --key | --from | --prefix) [ $# -ge 2 ] || refuse "$1 needs a value; see --help." ;;
    esac
    case $1 in
    --key) key_file=$2 && shift 2 ;;
    --from) from=$2 && shift 2 ;;
    --prefix) scratch=$2 && shift 2 ;;
    --help) usage && exit 0 ;;
    *) refuse "$1 is no option; see --help." ;;
    esac
done

read_key() {
    [ -n "$key_file" ] || refuse "Say which key may come in: --key FILE, the bot's public key as install-bot.sh prints it."
    [ -r "$key_file" ] || refuse "$key_file cannot be read. Copy the bot's public key to this machine first."
    if [ "$(wc -l <"$key_file")" -gt 1 ] || ! grep -Eq '^(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]+( .*)?$' "$key_file"; then
        refuse "$key_file is not one public key on one line, such as: ssh-ed25519 AAAA… darkroom. Give the file that ends in .pub."
    fi
    case $from in
    *[!0-9A-Fa-f.:/,*?!-]*) refuse "$from is not a list of addresses such as 192.168.1.0/24." ;;
    esac
    read -r kind blob name <"$key_file" || [ -n "$blob" ]
}

# The folder is root's, so that nobody who takes over the agent can let others in.
let_the_bot_in() {
    keys=$HOME_FOLDER/.ssh/authorized_keys
    make_folder 0755 root:root "$HOME_FOLDER/.ssh"
    {
        [ ! -e "$scratch$keys" ] || grep -vF " $blob" "$scratch$keys" || true
        printf '%srestrict,command="%s" %s %s %s\n' "${from:+from=\"$from\",}" "$ATTACH" "$kind" "$blob" "$name"
    } | place 0644 root:root "$keys"
}

write_files() {
    make_folder 0755 root:root "$HOME_FOLDER"
    make_folder 0700 gpu-agent:gpu-agent "$HOME_FOLDER/spool"
    make_folder 0700 gpu-agent:gpu-agent "$HOME_FOLDER/.cache"
    echo "# Models of your own; docs/operating.md says how. After a change: systemctl restart gpu-agent" |
        place_once 0644 root:root /etc/gpu-agent/models.toml
    sed 's/^#file = /file = /' "$source/examples/gpu-agent.toml" | place_once 0644 root:root /etc/gpu-agent/gpu-agent.toml
    let_the_bot_in
    place 0644 root:root /etc/systemd/system/gpu-agent.service <"$source/deploy/gpu-agent.service"
    place 0644 root:root "/etc/systemd/system/wake-on-lan@.service" <"$source/deploy/wake-on-lan@.service"
    place 0644 root:root /etc/polkit-1/rules.d/50-gpu-agent.rules <"$source/deploy/50-gpu-agent.rules"
}

# Cards of all makers: NVIDIA's nodes are open to all, the others belong to these groups.
join_groups() {
    for group in video render; do
        ! getent group "$group" >/dev/null || usermod --append --groups "$group" gpu-agent
    done
}

start() {
    if ! has_systemd; then
        say "systemd does not run here, so nothing was started. On WSL write [boot] and systemd=true into /etc/wsl.conf, run \`wsl --shutdown\` in Windows, and run this again."
        return
    fi
    systemctl daemon-reload
    systemctl enable --quiet gpu-agent
    systemctl restart gpu-agent
    systemctl enable --quiet --now ssh
}

say_what_is_next() {
    card=$(ip route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
    mac=$(cat "/sys/class/net/${card:-lo}/address")
    say "For darkroom.toml on the bot's machine: host = \"$(hostname)\" or its address, mac = \"$mac\""
    say "Its host keys, to compare with the one that \`darkroom tower trust\` shows:"
    for host_key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$host_key"; done
    if ethtool "${card:-lo}" 2>/dev/null | grep -q 'Supports Wake-on:.*g'; then
        say "To let a magic packet wake it: systemctl enable --now wake-on-lan@$card (and switch waking on in the firmware)"
    else
        say "The card ${card:-of the network} cannot be woken by magic packets, or does not say so. Leave mac out if nothing else wakes it."
    fi
}

need_root
read_key
need_packages openssh-server python3-venv ethtool polkitd iproute2
make_user gpu-agent "$HOME_FOLDER"
need_python gpu-agent
[ -n "$scratch" ] || join_groups
say "installing the agent and torch (several gigabytes, once) …"
install_program gpu-agent "$PROGRAM" '.[agent]'
write_files
[ -z "$scratch" ] || { say "Wrote the files below $scratch; the machine was left as it is." && exit 0; }
start
say_what_is_next
