"""Files that nobody meant to send, in their thousands, and what the door makes of them."""
