"""Models of an outcome that only some rows can have: a second equation says which (Heckman
1979).
"""
