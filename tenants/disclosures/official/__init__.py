"""The door of public agencies: filing by official document, deciding, answering, handing over a copy."""
