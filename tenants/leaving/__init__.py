"""離職與調職: what somebody who leaves still holds, seen together, and the end of it (KH-5-2, TY-4-2, DR-15)."""
