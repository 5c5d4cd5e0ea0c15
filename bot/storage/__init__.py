"""What groups chose and what is remembered for a while."""
