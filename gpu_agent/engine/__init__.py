"""The only room that imports torch and diffusers: an order goes in, a PNG or MP4 with its receipt comes out.

fault     what can go wrong here, as a kind and facts
families  what each family of models does differently from the others
inputs    images that an order brings along
place     which device, what it is as plans see it, how much of it may be taken, and was
rungs     the parts of a pipeline put where a plan wants them
quantize  which short weights can be had here, and how they are loaded
fall      a plan that ran out of memory gives way to a lower one
repair    what cannot be decoded, or came to nothing, is decoded again
weights   the files of a model: all there, unchanged, and their common digest
parts     each part of a pipeline, from wherever its weights are
load      a catalogue entry becomes a pipeline
modes     which class of pipeline stands over the parts for what an order asks
encode    prompts become embeddings, once
words     how much of a prompt was read
lora, fitting, control, detect, pose, reference, extras   what a model wears or is held to
warm, warmth   a model that is loaded, and which ones stay so
render    an order becomes steps and pixels
once      one order through one warm model
receipt   what a picture says about how it was made
progression, checkpoint, checkpoint_file, checkpoint_folder   a moment between two steps, in memory and on disk
keeper    takes checkpoints beside a render
resume    a render goes on from one
preview   how a render looks by now
picture   an image becomes a PNG, and a PNG gives its receipt back
video     frames become an MP4 with its receipt inside
compare   two renders of one order: how alike, and what was different about them
engine    all of these in order
tiny      the small model that ships with the project
bench     how fast all of it is, beside the plain call and the card's own floor
"""
