"""The main job as people do it: a real browser, real pages, a real store and a real worker."""
