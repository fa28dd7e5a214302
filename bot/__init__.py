"""Darkroom in one sentence:

    ask → job → queue → tower (wake, ssh) → agent → engine → picture → post → reaction → verdict → cue → next ask

Each arrow belongs to one room; no room calls the next, each takes rows in one state and leaves them in another:

    ask → job                 intake      one transaction: the ask, its jobs, the notice of the waiting card
    job → tower → picture     dispatch    wakes, connects, submits, fetches, files the outcome with its notice
    notice → message          chat        the courier speaks; progress edits the card
    reaction → verdict        chat        feedback records what stands on Discord
    verdict → cue → ask       taste       pure; intake weaves the cues into the next prompt
    time → batch              schedule    the rota enqueues and announces
    rows                      ledger      SQLite; the only place where rooms meet
"""
