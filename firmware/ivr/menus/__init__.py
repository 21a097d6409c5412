"""Spoken menus: files that a technician can read and change (docs/menus.md), and how they talk.

`parse` and `check` make menus of text, or say by file and line what is wrong with it; `MenuDialogue` is one talk by a
menu; `MenuBook` has all menus of the house, the product's own and the site's.
"""
