"""What devices may say to the web app, and what they are told when they may not."""
