module nsdi

go 1.26
