"""What several coders saw: one latent tightness per state and operation behind ordinal statements
(a cumulative model with random effects), its uncertainty, and plausible values.
"""
