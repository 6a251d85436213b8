"""What was not recorded: what tells why, and the signed word about it that goes to the server."""
