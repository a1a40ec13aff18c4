"""What every room uses: errors, files, names of rows, numbers and their distributions."""
