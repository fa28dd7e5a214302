"""What `darkroom tower` says to whoever vouches for a tower."""

from bot.texts.tongue import _


def shows(tower: str, host: str, fingerprint: str) -> str:
    return _(
        "{tower} at {host} shows the host key {fingerprint}.\nCompare it with what `ssh-keygen -lf "
        "/etc/ssh/ssh_host_ed25519_key.pub` prints on the tower itself.",
        tower=tower,
        host=host,
        fingerprint=fingerprint,
    )


def ask(tower: str) -> str:
    return _("Is this the key of {tower}?", tower=tower)


def trusted(tower: str) -> str:
    return _("The bot will speak to {tower} as long as it shows this key.", tower=tower)


def trusted_before(tower: str) -> str:
    return _("This key is pinned for {tower} already; nothing was changed.", tower=tower)


def different(tower: str) -> str:
    return _(
        "Another key is pinned for {tower}, so nothing was changed. If the tower was set up anew, say "
        "so with --replace.",
        tower=tower,
    )


def not_the_one(tower: str, wanted: str) -> str:
    return _(
        "{tower} shows another key than {wanted}, so nothing was changed. Find out which machine answers there.",
        tower=tower,
        wanted=wanted,
    )


def declined(tower: str) -> str:
    return _("Nothing was changed; the bot does not speak to {tower} until its key is trusted.", tower=tower)


def which(names: str) -> str:
    return _("Name the tower with --tower. There is: {names}.", names=names)


def none_set_up() -> str:
    return _("No tower is set up. Add a [[tower]] table to the settings.")


def ready(tower: str, agent: str) -> str:
    return _("{tower} is ready (agent {agent}).", tower=tower, agent=agent)
