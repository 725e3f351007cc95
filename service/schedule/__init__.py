"""The schedule: when each job is due, and carrying it out once, on one machine or many.

`slots` reckons the moments, `table` lists the jobs, `due` decides by the run table, `carrying`
claims and does, `alarm` wakes it all up. Nothing here knows what a job does.
"""
