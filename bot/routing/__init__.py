"""Which model a kind of subject is best drawn with: counted from verdicts and comparisons, proposed, chosen. Pure."""
