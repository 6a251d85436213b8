"""Lets the events of a year happen in a database: by the product's own actions where somebody acts, else as rows."""
