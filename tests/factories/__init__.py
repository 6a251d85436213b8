"""One module per package of the domain. A factory makes real rows and commits them."""
