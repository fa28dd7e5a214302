"""What only a card can show: full-size architectures with random weights, small cards by a cap on a large one, memory
that is really full. `make test-gpu` runs it and writes down what it measured; without a card everything is skipped.

full_size   the catalogue's models at their full size, with random weights, without a download
test_bench  what is promised of speed, by the same bench that anybody can run
"""
