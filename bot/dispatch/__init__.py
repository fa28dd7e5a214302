"""Getting a job rendered: wake the tower, speak to its agent, file what comes back.

dispatcher   one loop for each tower: wait for a reason, have it up, work along its line
tower        the ladder: reach → login → link, and wake
session      one line: directing (rows → orders), filing (outcome → fetch → rows → thanks)
wanted       which tower may take a job, and which is worth waking; share asks it of the rows, for one tower
claims       which jobs this tower has; outcomes how one ended, with its notice
trust, pins  the host keys that a person vouched for
"""
