"""The only room that imports torch and diffusers: an order goes in, a PNG with its receipt inside comes out.

fault     what can go wrong here, as a kind and facts
place     which device, how many threads, how much memory it took
weights   the files of a model: all there, unchanged, and their common digest
load      a catalogue entry becomes a pipeline
render    an order becomes steps and an image
picture   an image becomes a PNG, and a PNG gives its receipt back
engine    all of these in order, with the last pipeline kept warm
tiny      the small model that ships with the project
"""
