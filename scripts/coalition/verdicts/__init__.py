"""The rule that turns estimates into verdicts."""
