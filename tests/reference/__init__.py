"""The model stated a second time, in plain Python, and random plans to compare it on.  Only tests use this."""
