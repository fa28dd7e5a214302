"""What makes a loaded model faster, one lever a file; each can be switched by itself, and one that cannot be had here
is left out with a sentence.

levers      all of them, in the order in which they are pulled
pulled      what pulling one gives
layout      channels last
attention   which program multiplies it
step_cache  steps that are guessed
compiled    blocks as few large operations
regions       which parts those are
lengths       one form for every size
rotations     what the compiler cannot read, written out
artifacts   what was compiled, kept on disk
lossy       which of them change pictures
fidelity    by how much, as measured here
"""
