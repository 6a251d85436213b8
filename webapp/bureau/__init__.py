"""All institutions: the compliance board, the facts of one, permissions, and the operator's directory. No picture."""
