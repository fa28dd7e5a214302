"""The tower's side of Darkroom: takes orders over SSH, renders them with diffusers, keeps the pictures until thanked.

wire, frames      what bot and agent say to each other, and how it is framed on a byte stream
catalogue, shelf  which models exist, and which of them lie on this tower's disks
found, presence   what other programs' folders hold, told by headers alone; and is every file of a model there
planner           may this order be rendered here, and how (pure arithmetic)
attach            the SSH forced command: copies bytes between the line and the daemon
daemon, session   the resident process, which never imports torch, and one bot's line to it
line, outbox      a line's two threads, and what waits to be written: bounded, the latest progress wins
desk, runner      whose turn it is on each card: places, joins, cancels; and the worker child of a card
spool, inputs     finished pictures until the bot says thanks, and uploads until an order uses them; on disk
gpu, power        the cards as NVML sees them; when the tower may sleep, and how
worker, engine    the child process that renders; `engine` is the only room that imports torch
"""
