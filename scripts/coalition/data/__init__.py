"""From the user's files to canonical tables: formats, rules of reading, names of states, coders."""
