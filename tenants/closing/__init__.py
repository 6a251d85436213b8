"""停辦、裁撤、併校: an institution closes by a document, and a custodian ends what it leaves (DR-33)."""
