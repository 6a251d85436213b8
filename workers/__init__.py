"""RQ in, nothing out. Job bodies are short, repeatable and take ids; `edge/` is the program that runs at a site."""
