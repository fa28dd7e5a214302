"""A stand-in for Discord's servers: REST v10, gateway and CDN on one loopback port, for a bot and a few people.

    async with StandIn() as standin:                 # server.py; port 0 picks a free one
        standin.api_base, standin.gateway_url, standin.cdn_base, standin.token    # what the unchanged bot is told
        ada = standin.member("ada")                  # member.py; the same verbs over HTTP are in docs/standin.md
        outcome = await ada.run(standin.channel(), "imagine", {"prompt": "a fox"})
        standin.faults.add("POST", "/messages", Reply(502, after=True))           # applied, but the answer was lost

How a request travels: `rest` reads it (`call`), `faults` may answer first, `limits` counts it, a handler of the
`rest_*` files or of `interactions` and `webhooks` decides, `log` keeps both sides and shows them to its hooks.
How news travels: every change of the `world` is told once (`changes`); `gateway_events` words it for the bot,
`gateway` numbers, keeps and replays it, `push` shows it to the people's browsers.

What Discord refuses is a `Refusal` with Discord's own code; what a client program would never let a person do is a
`Mistake` with a sentence. Everything that is only a number of Discord's is in `rules`.
"""
