"""What `darkroom ledger` and `darkroom cues` say."""

from bot.texts.tongue import _, counted

NO_CUES = _("No cues act on this slug.")


def taken_out(file: str, rows: int, pictures: str) -> str:
    return counted(
        "{file}: {count} row. The pictures are files in {pictures}: copy that folder, too.",
        "{file}: {count} rows. The pictures are files in {pictures}: copy that folder, too.",
        rows,
        file=file,
        pictures=pictures,
    )


def put_in(file: str, rows: int, pictures: str) -> str:
    return counted(
        "{file}: {count} row. Put the folder of pictures at {pictures}.",
        "{file}: {count} rows. Put the folder of pictures at {pictures}.",
        rows,
        file=file,
        pictures=pictures,
    )


def there_already(file: str) -> str:
    return _("{file} is there already. Move it away, or name another one with --ledger.", file=file)


def cannot_be_written(file: str, fault: str) -> str:
    return _("{file}: {fault}. Choose another place.", file=file, fault=fault)


def weighed(cue: str, reach: str, weight: float) -> str:
    return _("{cue}  ({reach}, weight {weight:.2g})", cue=cue, reach=reach, weight=weight)
