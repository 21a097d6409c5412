"""FIAS, the interface of Fidelio, OPERA and many others: records as a table, the link as a machine; no I/O."""
