"""The tower's side of Darkroom: takes orders over SSH, renders them with diffusers, keeps the pictures until thanked.

wire, frames      what bot and agent say to each other, and how it is framed on a byte stream
catalogue, shelf  which models exist, and which of them lie on this tower's disks
planner           may this order be rendered here, and how (pure arithmetic)
attach            the SSH forced command: copies bytes between the line and the daemon
daemon, desk      the resident process: places, joins, cancels; never imports torch
spool             finished pictures and inputs on disk until the bot says thanks
worker, engine    the child process that renders; `engine` is the only room that imports torch
"""
