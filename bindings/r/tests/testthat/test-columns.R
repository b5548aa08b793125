# What goes in, by type.

with_flow <- function(...) {
  flow <- small_tables()$flow
  columns <- list(...)
  for (name in names(columns)) flow[[name]] <- columns[[name]]
  small_plan(flow = flow)
}

test_that("a gap is cost less income, grown", {
  expect_equal(gap_of(small_plan()), 0.6e6 * 1.02^(0:2))
})

test_that("numbers may be double, integer, integer64 or text", {
  expected <- stp_hash(with_flow(activity = 60000))
  expect_identical(stp_hash(with_flow(activity = 60000L)), expected)
  expect_identical(stp_hash(with_flow(activity = "60000")), expected)
  expect_identical(stp_hash(with_flow(activity = factor("60000"))), expected)
  expect_identical(stp_hash(with_flow(activity = I(60000))), expected)
  # bit64 keeps a whole number in the bits of a double.
  integer64 <- function(...) {
    bytes <- as.raw(c(...))
    x <- readBin(bytes, "double", n = length(bytes) / 8, endian = "little")
    structure(x, class = "integer64")
  }
  sixty_thousand <- integer64(0x60, 0xea, 0, 0, 0, 0, 0, 0)
  expect_identical(stp_hash(with_flow(activity = sixty_thousand)), expected)
  minus_one <- integer64(rep(0xff, 8))
  expect_equal(with_flow(income = minus_one)$flow$income, -1)
  missing <- integer64(0, 0, 0, 0, 0, 0, 0, 0x80)
  expect_identical(with_flow(activity = missing)$flow$activity, NA_real_)
  two_to_62 <- integer64(0, 0, 0, 0, 0, 0, 0, 0x40)
  expect_error(with_flow(activity = two_to_62), "beyond 2\\^53", class = "stpfin_error_argument")
})

test_that("codes may be text or factors, never numbers in silence", {
  expected <- stp_hash(small_plan())
  expect_identical(stp_hash(with_flow(service = factor("ae", c("other", "ae")))), expected)
  expect_identical(stp_hash(with_flow(service = factor("ae", ordered = TRUE))), expected)
  expect_error(with_flow(service = 1), "flow\\$service is numeric: give text", class = "stpfin_error_argument")
  latin <- "caf\xe9"
  Encoding(latin) <- "latin1"
  plan <- with_flow(note = latin)
  expect_identical(plan$flow$note, "caf\u00e9")
})

test_that("NA is blank, of every type", {
  blank <- stp_hash(with_flow(activity = NA_real_))
  for (missing in list(NA, NA_integer_, NA_character_, "", factor(NA), addNA(factor(NA)))) {
    expect_identical(stp_hash(with_flow(activity = missing)), blank)
  }
  expect_identical(with_flow(activity = NA)$flow$activity, NA_real_)
  expect_error(with_flow(activity = NaN), "NaN in row 1", class = "stpfin_error_argument")
  expect_error(with_flow(activity = Inf), class = "stpfin_error_plan")
})

test_that("what no column holds is refused by name", {
  wrong <- list(TRUE, 1i, as.raw(1), I(list(1)), as.POSIXct(0, origin = "1970-01-01"),
    Sys.Date(), as.difftime(1, units = "days"), structure(1, class = "unheard_of"))
  for (value in wrong) {
    expect_error(with_flow(activity = value), "flow\\$activity is", class = "stpfin_error_argument")
  }
  flow <- small_tables()$flow
  flow$activity <- matrix(1, 1, 2)
  expect_error(small_plan(flow = flow), "flow\\$activity is", class = "stpfin_error_argument")
  flow <- small_tables()$flow[c(1, 1:6)]
  names(flow)[2] <- "commissioner"
  expect_error(small_plan(flow = flow), "commissioner", class = "stpfin_error")
  expect_error(small_plan(flow = 1), "a data frame, not 1", class = "stpfin_error_argument")
  tables <- small_tables()
  tables$flow <- NULL
  expect_error(stp_plan(tables, base_year = 2025, end_year = 2027), "flow", class = "stpfin_error_plan")
})

test_that("dates may be Date or text", {
  agreement <- data.frame(organisation = "trust", position = "agreed", date = as.Date("2026-03-04"))
  plan <- small_plan(agreement = agreement)
  expect_identical(plan$agreement$date, "2026-03-04")
  agreement$date <- "2026-03-04"
  expect_identical(stp_hash(small_plan(agreement = agreement)), stp_hash(plan))
  agreement$date <- 20516
  expect_error(small_plan(agreement = agreement), "is numeric: give a Date", class = "stpfin_error_argument")
})

test_that("years are read as people write them", {
  for (year in list(2025, 2025L, "2025", "2025-26", "2025/26", "2025/2026", factor("2025/26"))) {
    plan <- stp_plan(small_tables(), base_year = year, end_year = 2027)
    expect_identical(stp_settings(plan)$base_year, 2025L)
  }
  for (year in list(NA, NULL, c(2025, 2026), 2025.5, "soon", "2025/16", TRUE, Sys.Date())) {
    expect_error(stp_plan(small_tables(), base_year = year, end_year = 2027), class = "stpfin_error")
  }
  funding <- data.frame(
    organisation = "ccg", stream = "allocation", amount = 1,
    year = c("2025/26", "2026/27", "2027/28")
  )
  expect_identical(small_plan(funding = funding)$funding$year, 2025:2027)
})

test_that("tibbles and data tables are data frames", {
  hash_of <- function(as) {
    stp_hash(stp_plan(lapply(small_tables(), as), base_year = 2025, end_year = 2027))
  }
  if (requireNamespace("tibble", quietly = TRUE)) {
    expect_identical(hash_of(tibble::as_tibble), hash_of(identity))
  }
  if (requireNamespace("data.table", quietly = TRUE)) {
    expect_identical(hash_of(data.table::as.data.table), hash_of(identity))
  }
  expect_s3_class(small_plan()$flow, "data.frame", exact = TRUE)
})

test_that("what comes out has factors for codes, text and numbers of their type", {
  plan <- small_plan()
  expect_s3_class(plan$flow$commissioner, "factor")
  expect_identical(levels(plan$flow$commissioner), "ccg")
  expect_type(plan$organisation$name, "character")
  expect_s3_class(plan$organisation$kind, "factor")
  gaps <- stp_project(plan)$funding_gap
  expect_s3_class(gaps, "data.frame", exact = TRUE)
  expect_identical(levels(gaps$component), c("commissioner", "provider", "council", "nhs", "total"))
  expect_type(gaps$year, "integer")
  expect_identical(unique(gaps$gap_per_head), NA_real_)
})
