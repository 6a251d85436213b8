"""The public keys of agencies: registered by an officer, confirmed by the operator, used for what is handed over."""
