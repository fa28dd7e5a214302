"""How fast a model is here: beside the call that a user would write, and beside what the card could do at best.

sizes      the shipped models' parts at their full size
tokens     tokenizers for models whose own are not here
furnished  a whole pipeline with random weights where the real ones are absent
copies     the same numbers under another module, or a module without numbers
counted    floating point operations of one picture, counted part by part without computing any
rate       what a matrix product and the disk really reach
marks      the moments of a picture, on the card's own clock where there is one
prompts    prompts of different lengths, none of them twice
plain      the call that a user of diffusers would write
ours       the engine, over the same numbers
turns      warm-up, then both turn by turn; medians and 95th percentiles
pulling    one lever after another, and what each does to time and picture
batch      ten pictures in a row: how long the card waits between them
trace      a timeline for a viewer, and five lines about it
subject    one model, ready to be measured
first      the first picture, from the disk
row        all of that for one model
bench      one model after another, as long as there is time
wanted     what is to be measured, and the instruments that only the caller has
told       the values that all of it becomes
table      those values as a page
"""
