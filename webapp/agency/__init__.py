"""Outside bodies: file a request by official document, follow it, collect once. No footage passes through here."""
