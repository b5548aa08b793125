england <- stp_example("england")
projection <- stp_project(england, "average_plan")

test_that("a projection is a list of its results", {
  expect_identical(names(projection), stp_results())
  expect_length(projection, length(stp_results()))
  expect_identical(projection$position, stp_result(projection, "position"))
  expect_identical(projection[["position"]], projection$position)
  expect_identical(projection[[1]], projection$funding_gap)
  expect_named(as.list(projection), stp_results())
  expect_named(projection[c("position", "capital")], c("position", "capital"))
  expect_identical(as.data.frame(projection), projection$funding_gap)
  expect_identical(as.data.frame(projection, result = "capital"), projection$capital)
  expect_error(projection$fundng_gap, "did you mean funding_gap", class = "stpfin_error_argument")
  expect_error(projection$gap <- 1, class = "stpfin_error_argument")
  expect_output(print(projection), "average_plan +2,441.0 .* 8,055.5")
  expect_output(str(projection), "stp_projection")
  gap <- summary(projection)
  gap <- subset(gap, scenario == "do_nothing" & component == "total" & year == 2020)$gap
  expect_equal(gap, 18264821494, tolerance = 1e-9)
})

test_that("wrong arguments are refused", {
  expect_error(stp_project(1), "is a plan", class = "stpfin_error_argument")
  expect_error(stp_project(england, "avrage_plan"), "average_plan", class = "stpfin_error_argument")
  expect_error(stp_project(england, NA_character_), class = "stpfin_error_argument")
  expect_error(stp_project(england, 1), class = "stpfin_error_argument")
  expect_error(stp_project(england, prices = "nominal"), "one of \"cash\", \"real\"", class = "stpfin_error_argument")
  expect_error(stp_project(england, progress = "yes"), class = "stpfin_error_argument")
  expect_error(stp_project(stp_example("leicester-beds"), prices = "real"), class = "stpfin_error_deflator")
  expect_error(stp_bridge(england, place = "Atlantis"), class = "stpfin_error_argument")
  expect_error(stp_bridge(england, year = 1999), class = "stpfin_error_argument")
  expect_error(stp_bridge(england, by = "scheme"), class = "stpfin_error_argument")
  expect_error(stp_bridge(england, seed = 0.5), class = "stpfin_error_argument")
  expect_error(stp_bridge(england, samples = -1), "samples is one whole number", class = "stpfin_error_argument")
  expect_error(stp_compare(england, stp_example("leicester-beds")), class = "stpfin_error_compare")
  expect_error(stp_compare(england, projection), "after is a plan", class = "stpfin_error_argument")
  expect_error(stp_align(england), class = "stpfin_error_argument")
  expect_error(stp_align(stp_project(england, prices = "real")), class = "stpfin_error_argument")
  expect_error(stp_describe("flwo"), "flow", class = "stpfin_error_argument")
  expect_error(stp_text(data.frame()), class = "stpfin_error_argument")
  expect_error(stp_text(list(data.frame())), class = "stpfin_error_argument")
  expect_error(stp_stamp(england), class = "stpfin_error_argument")
  expect_error(stp_write_results(projection, folder = NULL), class = "stpfin_error_argument")
})

test_that("a bridge adds up", {
  bridge <- stp_bridge(england, "average_plan", place = "England", by = "workstream")
  expect_s3_class(bridge, c("stp_bridge", "data.frame"), exact = TRUE)
  last <- bridge[bridge$year == 2020, ]
  expect_equal(sum(last$amount[-nrow(last)]), last$amount[nrow(last)])
  expect_identical(
    as.character(stp_bridge(england, place = "England", year = 2020)$group),
    c("start", "population", "growth", "inflation", "price", "pressures", "funding", "end")
  )
  expect_identical(
    stp_bridge(england, "average_plan", place = "England", year = "2020/21")$amount,
    stp_bridge(england, "average_plan", place = "England", year = 2020)$amount
  )
  shapley <- stp_bridge(england, "average_plan", place = "England", year = 2020, method = "shapley")
  expect_equal(sum(shapley$amount[-nrow(shapley)]), shapley$amount[nrow(shapley)])
  expect_null(attr(as.data.frame(bridge), "stamp"))
})

test_that("a comparison finds what changed and what it did", {
  other <- england
  other$pressure$amount[1] <- other$pressure$amount[1] + 1e6
  comparison <- stp_compare(england, other)
  expect_identical(comparison$changes$table, "pressure")
  expect_identical(as.data.frame(comparison), comparison$changes)
  expect_output(print(comparison), "1 cell changed in pressure")
  expect_identical(stp_stamp(comparison)$compared_with, stp_hash(england))
  expect_output(print(stp_compare(england, england)), "0 cells changed")
})

test_that("alignment sets plans beside projections", {
  alignment <- stp_align(projection)
  expect_identical(nrow(alignment$alignment), 2L * nrow(england$organisation_plan))
  expect_output(print(alignment), "952 lines")
})

test_that("results go out as text, JSON, CSV and files", {
  expect_output(print(stp_text(projection, "funding_gap")), "total +2,441.0 +5,252.5")
  expect_match(stp_text(projection, "scheme_impact"), "scheme_impact")
  json <- stp_json(projection, c("capital", "appraisal"))
  expect_match(json, stp_hash(england), fixed = TRUE)
  csv <- stp_csv(projection, "funding_gap")
  expect_named(csv, "funding_gap")
  # A data frame goes back the way it came.
  expect_identical(stp_csv(list(funding_gap = projection$funding_gap)), csv)
  bridge <- stp_bridge(england, place = "England")
  expect_identical(stp_csv(list(bridge = as.data.frame(bridge))), stp_csv(bridge))
  expect_match(stp_text(bridge), "population")
  expect_named(stp_csv(stp_align(projection)), c("alignment", "contract_mismatch"))
  expect_named(stp_csv(stp_compare(england, england)), c("change", "bridge"))
  folder <- tempfile()
  stp_write_results(projection, folder, c("funding_gap", "capital"))
  expect_setequal(list.files(folder), c("capital.csv", "datapackage.json", "funding_gap.csv"))
  expect_identical(readChar(file.path(folder, "funding_gap.csv"), 1e7, useBytes = TRUE), unname(csv))
  expect_identical(projection, stp_write_results(projection, folder, "capital"))
})

test_that("health and quality are compared as asked", {
  life <- function(projection) {
    subset(projection$health_gap, measure == "life_expectancy" & footprint == "E54000005" & year == 2020)
  }
  beside_england <- life(projection)
  expect_identical(beside_england$gap, beside_england$comparator - beside_england$value)
  expect_true(all(life(stp_project(england, comparator = "best_fifth"))$gap > beside_england$gap[1:3]))
  vector <- stp_project(england, comparator = "target", targets = c(life_expectancy = 83))
  expect_identical(unique(life(vector)$comparator), 83)
  expect_identical(unique(subset(vector$health_gap, measure == "standardised_rate")$comparator), NA_real_)
  sexes <- stp_project(england, comparator = "target", targets = data.frame(
    measure = factor("life_expectancy"), sex = c("female", NA), value = 84:83
  ))
  expect_identical(life(sexes)$comparator, c(84, 83, 83))
  expect_identical(as.character(life(sexes)$sex), c("female", "male", "persons"))
  expect_identical(unserialize(serialize(sexes, NULL))$health_gap, sexes$health_gap)
  wide <- stp_project(england, overdispersion = TRUE)
  expect_lt(sum(wide$quality_gap$funnel == "much_lower", na.rm = TRUE),
    sum(projection$quality_gap$funnel == "much_lower", na.rm = TRUE) / 2)
  expect_identical(stp_stamp(wide)$overdispersed, TRUE)
  expect_identical(stp_stamp(vector)$comparator, "target")
  expect_output(print(stp_stamp(stp_project(england, comparator = "best_fifth"))), "health beside the best fifth")
  expect_output(print(stp_stamp(wide)), "overdispersion")
  expect_match(stp_json(vector, "health_gap"), '"comparator": "target"', fixed = TRUE)
  wrong <- list(83, c(life_expctancy = 83), c(slope_index = 1), c(life_expectancy = NA), c(life_expectancy = Inf),
    list(life_expectancy = 83), data.frame(measure = "life_expectancy"),
    data.frame(measure = "life_expectancy", value = "83"),
    data.frame(measure = "life_expectancy", value = 83, year = 2020),
    data.frame(measure = "life_expectancy", value = 83, sex = "all"))
  for (targets in wrong) {
    expect_error(stp_project(england, comparator = "target", targets = targets), class = "stpfin_error_argument")
  }
  expect_error(stp_project(england, comparator = "target"), "targets", class = "stpfin_error_argument")
  expect_error(stp_project(england, targets = c(life_expectancy = 83)), "neither", class = "stpfin_error_argument")
  expect_error(stp_project(england, comparator = "wales"), "best_fifth", class = "stpfin_error_argument")
  expect_error(stp_project(england, overdispersion = 1), class = "stpfin_error_argument")
})

test_that("a stamp says what it takes to make it again", {
  stamp <- stp_stamp(projection)
  expect_identical(stamp$plan_hash, stp_hash(england))
  expect_identical(stamp$library_version, stp_version())
  expect_identical(stp_stamp(stp_project(england, prices = "real"))$prices, "real")
  expect_equal(stamp$published + stamp$derived + stamp$assumed, 1)
  expect_identical(stp_stamp(stp_bridge(england, place = "England", year = 2020))$plan_hash, stamp$plan_hash)
  expect_output(print(stamp), "2015/16 to 2020/21, cash prices")
  expect_identical(nrow(as.data.frame(stamp)), 1L)
})

test_that("the dictionary has every table", {
  all <- stp_describe()
  for (name in all$table) {
    expect_identical(names(stp_describe(name))[1:2], c("column", "type"))
  }
})
