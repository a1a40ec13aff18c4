# Rscript tables.R: the R files that test_readers.py reads.
table <- data.frame(state = c("AUT", "XKX"), year = c(2001L, 2002L), score = c(0.5, NA))
saveRDS(table, "table.rds", version = 2)
save(table, file = "table.rda", version = 2)
first <- data.frame(note = "x")
second <- table
save(first, second, file = "tables.rda", version = 2)
