"""What makes a loaded model faster, one lever a file; each can be switched by itself, and one that cannot be had here
is left out with a sentence.

levers   all of them, in the order in which they are pulled
"""
