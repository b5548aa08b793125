rules <- c("proportional", "equal_awards", "equal_losses", "talmud")

test_that("rules share a pot", {
  call_c <- getFromNamespace("call_c", "stpfin")
  name <- getDLLRegisteredRoutines("stpfin")$.Call$R_swig_stpfin_rule_name
  expect_identical(vapply(0:4, function(rule) call_c(name, rule), ""), c(rules, NA))
  claims <- c(a = 100, b = 200, c = 300)
  # The cases of the Talmud.
  expect_equal(stp_share(100, claims, "talmud"), c(a = 100, b = 100, c = 100) / 3)
  expect_equal(stp_share(200, claims, "talmud"), c(a = 50, b = 75, c = 75))
  expect_equal(stp_share(300, claims, "talmud"), c(a = 50, b = 100, c = 150))
  expect_equal(stp_share(300, claims), claims / 2)
  expect_equal(stp_share(240, claims, "equal_awards", weight = c(1, 3, 4)), c(a = 30, b = 90, c = 120))
  expect_equal(stp_share(240, claims, "equal_losses"), c(a = 0, b = 70, c = 170))
  expect_equal(stp_share(1000, unname(claims), "equal_losses"), unname(claims))
  expect_equal(stp_share(200, claims, floor = 50), c(a = 50, b = 60, c = 90))
  expect_equal(stp_share(300, claims, cap = c(NA, 80, 120)), c(a = 100, b = 80, c = 120))
  expect_equal(stp_share(300, claims, last = c(90, NA, NA), pace = 0.1), c(a = 81, b = 87.6, c = 131.4))
  expect_identical(stp_share(5, 1:3 * 2L, weight = 1L), stp_share(5, c(2, 4, 6)))
  expect_identical(stp_share(0, numeric()), numeric())
  expect_equal(stp_share(240, claims, "equal_awards", weight = c(a = 1, b = 3, c = 4))[["b"]], 90)
})

test_that("what cannot be shared is refused with the reason", {
  expect_error(stp_share(10, c(50, 70), floor = 8), "floors sum to 16", class = "stpfin_error_infeasible")
  expect_error(stp_share(100, c(50, 70), cap = 8), "caps", class = "stpfin_error_infeasible")
  expect_error(stp_share(10, c(a = 1, b = 2), weight = c(b = 1, a = 2)), "names of claim", class = "stpfin_error_argument")
  expect_error(stp_share(10, c(1, 2), rule = "equal"), "talmud", class = "stpfin_error_argument")
  expect_error(stp_share(10, c(1, 2), rule = "talmud", weight = c(1, 2)), class = "stpfin_error_argument")
  expect_error(stp_share(10, c(1, 2), weight = 1:3), class = "stpfin_error_argument")
  expect_error(stp_share(10, c(1, -2)), class = "stpfin_error_argument")
  expect_error(stp_share(-1, 1), class = "stpfin_error_argument")
  expect_error(stp_share("1", 1), class = "stpfin_error_argument")
  expect_error(stp_share(1, "1"), class = "stpfin_error_argument")
  expect_error(stp_share(1, matrix(1, 2, 2)), "not a matrix", class = "stpfin_error_argument")
  expect_error(stp_share(1, 2, last = 1, pace = -0.1), "pace is 0 or more", class = "stpfin_error_argument")
})

england <- stp_example("england")

test_that("a fund is shared among claims, and its awards are received", {
  for (rule in rules) {
    allocation <- stp_allocate(england, "transformation", rule, year = "2020/21")
    shared <- allocation$allocation
    expect_identical(nrow(shared), 44L)
    expect_equal(sum(shared$award), 3405e6)
    by_hand <- stp_share(3405e6, shared$claim, rule)
    # Pence left by rounding down go to the largest claim.
    expect_lt(max(abs(shared$award - by_hand)), 0.5)
    expect_equal(shared$award * 100, round(shared$award * 100))
  }
  expect_s3_class(allocation, "stp_allocation", exact = TRUE)
  expect_named(allocation, c("allocation", "award", "plan"))
  expect_identical(allocation$award, allocation$plan$award)
  expect_identical(as.data.frame(allocation), allocation$allocation)
  expect_identical(allocation["award"], list(award = allocation$award))
  gap <- function(plan) sum(subset(summary(stp_project(plan, "average_plan")), component == "total" & year == 2020)$gap)
  expect_equal(gap(england) - gap(allocation$plan), 3405e6)
  total <- summary(stp_allocate(england, "transformation", weight = "population"))
  expect_identical(total$year, 2016:2020)
  expect_equal(total$award, c(339e6, 2864e6, 2947e6, 3434e6, 3405e6))
  one <- stp_allocate(england, "transformation", scenario = "ambitious", year = 2020)
  expect_identical(unique(as.character(one$award$scenario)), "ambitious")
  expect_identical(stp_stamp(one)$plan_hash, stp_hash(england))
  expect_output(print(one), "transformation, 2020/21, proportional, scenario ambitious.*2020/21 +44 8,055.5 3,405.0")
  expect_match(stp_text(one), "Leeds West CCG")
  expect_named(stp_csv(one), "allocation")
  expect_match(stp_json(one), stp_hash(england), fixed = TRUE)
  expect_identical(unserialize(serialize(one, NULL))$plan$award, one$award)
})

test_that("an allocation is written with its plan", {
  allocation <- stp_allocate(england, "sustainability", "equal_losses")
  folder <- tempfile()
  expect_identical(stp_write_results(allocation, folder), allocation)
  expect_true(file.exists(file.path(folder, "allocation.csv")))
  expect_identical(stp_hash(stp_read_plan(folder)), stp_hash(allocation$plan))
  expect_error(stp_write_results(allocation, folder), class = "stpfin_error_argument")
})

test_that("wrong requests are refused", {
  expect_error(stp_allocate(england, "tranformation"), "did you mean transformation", class = "stpfin_error_argument")
  expect_error(stp_allocate(england), class = "error")
  expect_error(stp_allocate(england, "transformation", year = 2031), class = "stpfin_error_argument")
  expect_error(stp_allocate(england, "transformation", scenario = "nowhere"), class = "stpfin_error_argument")
  expect_error(stp_allocate(england, "transformation", weight = "wealth"), "population", class = "stpfin_error_argument")
  expect_error(stp_allocate(england, "transformation", pace = 0.01), class = "stpfin_error_infeasible")
  expect_error(stp_allocate(small_plan(), "transformation"), class = "stpfin_error_argument")
})
