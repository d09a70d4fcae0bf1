"""When and where teaching happens: terms, rooms, offerings, sections and meetings."""
