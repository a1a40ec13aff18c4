"""The verdict rules on trial: worlds that are declared, simulated on the real design, and sent
through the primary tests, the curve and both versions of the rule.
"""
