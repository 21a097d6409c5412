"""The hotel's property management system (PMS) at the far end of a link, simulated: what it knows, says and books.

It speaks FIAS or the Mitel hospitality protocol as such systems do, over TCP or a pseudo-terminal, and notes what the
telephone exchange does against the rules. It shares no code with the product's own side of these protocols.
"""
