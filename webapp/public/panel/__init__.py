"""The way in of a panel's member who has no account: link, code, and then one page."""
