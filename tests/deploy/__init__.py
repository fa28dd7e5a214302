"""What people install and read: scripts, units and pages, held against the program they speak of."""
