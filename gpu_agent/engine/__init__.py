"""The only room that imports torch and diffusers: an order goes in, a PNG with its receipt inside comes out.

fault     what can go wrong here, as a kind and facts
place     which device, how many threads, how much memory it took
weights   the files of a model: all there, unchanged, and their common digest
load      a catalogue entry becomes a pipeline
render    an order becomes steps and an image
progression, checkpoint, checkpoint_file, checkpoint_folder   a moment between two steps, in memory and on disk
keeper    takes checkpoints beside a render
resume    a render goes on from one
preview   how a render looks by now
picture   an image becomes a PNG, and a PNG gives its receipt back
compare   two renders of one order: how alike, and what was different about them
engine    all of these in order, with the last pipeline kept warm
tiny      the small model that ships with the project
"""
