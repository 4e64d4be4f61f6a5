"""Commands that are killed, starved of disk, cut from their power, or given a wrong clock."""
