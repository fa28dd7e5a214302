"""The whole world on loopback: a stand-in for Discord's servers, the page people use, and a tower that sleeps.

Nothing imports this room but the command line and the tests.
"""
