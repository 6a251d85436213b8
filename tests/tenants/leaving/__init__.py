"""What somebody who leaves still holds, and the end of it."""
