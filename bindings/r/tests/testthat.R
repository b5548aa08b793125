library(testthat)
library(stpfin)

test_check("stpfin")
