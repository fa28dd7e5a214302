"""What pictures cost: energy, money, and when a tower of one's own pays back. Pure: figures in, figures out."""
