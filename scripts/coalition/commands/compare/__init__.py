"""Two runs against each other: what differs in what went in, and what that did to what came out."""
