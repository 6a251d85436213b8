"""The app as a whole: start, errors, headers, CSRF, templates."""
