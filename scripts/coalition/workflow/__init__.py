"""What Snakemake needs: jobs, fingerprints, the manifest, the end of a run."""
