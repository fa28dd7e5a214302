"""Why somebody may not, here or now: short, and with the next step."""

OF_PEOPLE = {
    "blocked": "You are blocked from asking and judging here. If that is a mistake, talk to a moderator.",
    "wrong-channel": "That is not for this channel. Go to {channels:channels}.",
    "role-lacking": "That takes one of these roles: {roles:roles}. Ask an administrator for one.",
    "not-administrator": "Only those who administrate the bot can do that. Ask an administrator of this server; "
    "`/setup` says who may.",
    "unwanted-words": "It contains words that are not drawn on this server. Say it in other words.",
    "not-age-restricted": "It contains words that are drawn only in channels marked as age-restricted. Ask there, or "
    "say it in other words.",
    "day-spent": "One person may ask for {daily} pictures in 24 hours; {left} left now. There is room for this "
    "{when:moment}.",
    "too-many-at-once": "At most {most} pictures of one person wait and render at once; {open} do now, {left} left. "
    "Try again when one is done, or cancel one.",
    "too-soon": "One person may ask every {seconds} s. Try again {when:moment}.",
}
