"""What `darkroom tower` says to whoever vouches for a tower."""


def shows(tower: str, host: str, fingerprint: str) -> str:
    return (
        f"{tower} at {host} shows the host key {fingerprint}.\n"
        "Compare it with what `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints on the tower itself."
    )


def ask(tower: str) -> str:
    return f"Is this the key of {tower}?"


def trusted(tower: str) -> str:
    return f"The bot will speak to {tower} as long as it shows this key."


def trusted_before(tower: str) -> str:
    return f"This key is pinned for {tower} already; nothing was changed."


def different(tower: str) -> str:
    return (
        f"Another key is pinned for {tower}, so nothing was changed. "
        "If the tower was set up anew, say so with --replace."
    )


def not_the_one(tower: str, wanted: str) -> str:
    return f"{tower} shows another key than {wanted}, so nothing was changed. Find out which machine answers there."


def declined(tower: str) -> str:
    return f"Nothing was changed; the bot does not speak to {tower} until its key is trusted."


def which(names: str) -> str:
    return f"Name the tower with --tower. There is: {names}."


def none_set_up() -> str:
    return "No tower is set up. Add a [[tower]] table to the settings."


def ready(tower: str, agent: str) -> str:
    return f"{tower} is ready (agent {agent})."
