"""Reading the outside world: feeds and pages, fetched behind a guard."""
