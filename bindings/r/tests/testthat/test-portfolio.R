england <- stp_example("england")
portfolio <- stp_portfolio(england)

test_that("bids are chosen, and the chosen set is a scenario", {
  expect_s3_class(portfolio, "stp_portfolio", exact = TRUE)
  expect_named(portfolio, c("portfolio", "portfolio_price", "portfolio_missed", "scenario", "award", "plan"))
  total <- summary(portfolio)
  chosen <- subset(portfolio$portfolio, alternative == 0 & chosen == "yes")
  expect_identical(total$end, "near_enough")
  expect_lte(total$gap, 0.001)
  expect_equal(total$chosen, nrow(chosen))
  expect_equal(total$benefit, sum(chosen$benefit))
  expect_equal(total$spent, sum(portfolio$portfolio_price$spent))
  expect_equal(total$bound, total$benefit * (1 + total$gap))
  # Schemes overlap.
  expect_lt(total$joint_benefit, total$benefit)
  expect_identical(as.data.frame(portfolio), portfolio$portfolio)
  expect_identical(portfolio["award"], list(award = portfolio$award))
  expect_identical(portfolio$award, portfolio$plan$award)
  expect_equal(sum(portfolio$award$amount), total$spent)
  schemes <- subset(portfolio$scenario, scenario == "portfolio")$scheme
  expect_setequal(as.character(schemes), as.character(england$bid$scheme[england$bid$bid %in% chosen$bid]))
  gap <- summary(stp_project(portfolio$plan, "portfolio"))
  gap <- subset(gap, component == "total" & year == 2020)$gap
  expect_lt(gap[2], gap[1] - 5e9)
  expect_identical(stp_stamp(portfolio)$plan_hash, stp_hash(england))
  expect_output(print(portfolio), paste(total$chosen, "of 176 bids for .*scenario portfolio.*projected together"))
  expect_named(stp_csv(portfolio), c("portfolio", "portfolio_price", "portfolio_missed"))
  expect_no_match(stp_text(portfolio), " no  ")
  back <- unserialize(serialize(portfolio, NULL))
  expect_identical(back$portfolio, portfolio$portfolio)
  expect_identical(summary(back), total)
  expect_identical(stp_hash(back$plan), stp_hash(portfolio$plan))
})

test_that("a portfolio is written with its plan", {
  folder <- tempfile()
  expect_identical(stp_write_results(portfolio, folder), portfolio)
  expect_true(file.exists(file.path(folder, "portfolio_missed.csv")))
  expect_identical(stp_hash(stp_read_plan(folder)), stp_hash(portfolio$plan))
  expect_error(stp_write_results(portfolio, folder), class = "stpfin_error_argument")
})

bids <- as.character(england$bid$bid)
one_each <- structure(rep(1, length(bids)), names = bids)

test_that("benefits may be given", {
  most <- stp_portfolio(england, benefits = one_each, alternatives = 0, scenario = "most")
  total <- summary(most)
  expect_equal(total$benefit, total$chosen)
  expect_identical(total$joint_benefit, NA_real_)
  expect_output(print(most), "benefit 1[0-9][0-9], .*")
  expect_identical(levels(most$portfolio$scenario), "most")
  for (same in list(
    data.frame(bid = bids, benefit = 1), data.frame(bid = england$bid$bid, benefit = 1L),
    data.frame(bid = rev(bids), benefit = "1")
  )) {
    again <- stp_portfolio(england, benefits = same, alternatives = 0, scenario = "most")
    expect_identical(again$portfolio, most$portfolio)
  }
  expect_error(stp_portfolio(england, benefits = one_each[-1]), bids[1], class = "stpfin_error_argument")
  expect_error(stp_portfolio(england, benefits = c(one_each, x = 1)), "'x'", class = "stpfin_error_argument")
  expect_error(stp_portfolio(england, benefits = unname(one_each)), "names of bids", class = "stpfin_error_argument")
  expect_error(stp_portfolio(england, benefits = "1"), class = "stpfin_error_argument")
  expect_error(stp_portfolio(england, benefits = data.frame(bid = bids)), "benefit", class = "stpfin_error")
})

test_that("a plan may have no bids", {
  none <- stp_portfolio(small_plan())
  expect_equal(summary(none)$bids, 0)
  expect_output(print(none), "0 of 0 bids for \u00a30.0m\nbenefit \u00a30.0m, the best there is")
  expect_identical(stp_hash(none$plan), stp_hash(small_plan()))
  skip_if_not_installed("ggplot2")
  expect_error(ggplot2::autoplot(none), "no bids", class = "stpfin_error_argument")
})

test_that("weights scale benefits", {
  twice <- stp_portfolio(england, finance_weight = 2, alternatives = 0)$portfolio
  expect_equal(twice$benefit, 2 * subset(portfolio$portfolio, alternative == 0)$benefit)
})

test_that("limits that cannot hold are a condition with the conflict", {
  more <- data.frame(fund = "transformation", year = 2016, minimum = 400e6)
  short <- stp_replace(england, portfolio_limit = more)
  error <- expect_error(stp_portfolio(short), "cannot hold together", class = "stpfin_error_infeasible")
  expect_named(error$conflict, stp_describe("portfolio_conflict")$column)
  expect_true("yes" %in% error$conflict$conflicting)
  expect_equal(sum(error$conflict$shortfall), 61e6)
})

test_that("wrong requests are refused", {
  for (asked in list(
    list(scenario = "do_nothing"), list(scenario = 1), list(gap = -1), list(gap = NA), list(gap = "1"),
    list(time_limit = -1), list(time_limit = "1"), list(alternatives = -1), list(alternatives = 1.5),
    list(alternatives = 1000), list(tolerance = 2), list(finance_weight = Inf), list(health_weight = "1"),
    list(quality_weight = NULL), list(progress = 3)
  )) {
    expect_error(do.call(stp_portfolio, c(list(england), asked)), class = "stpfin_error_argument")
  }
  expect_error(stp_portfolio(list()), class = "stpfin_error_argument")
})

test_that("a search that is stopped has what it found, or nothing", {
  # The best itself takes long where bids bring in proportion to what they ask for.
  asked <- tapply(england$bid_amount$amount, england$bid_amount$bid, sum)[bids]
  hard <- structure(as.vector(asked), names = bids)
  search <- function(...) stp_portfolio(england, benefits = hard, gap = 0, alternatives = 0, ...)
  stopped <- search(progress = function(done) done == 0)
  expect_identical(summary(stopped)$end, "stopped")
  expect_gt(summary(stopped)$chosen, 0)
  expect_output(print(stopped), "stopped when asked to")
  expect_identical(summary(search(time_limit = 0.3))$end, "time_up")
  expect_error(search(progress = function(done) if (done > 0) stop("out of patience")), "out of patience")
  expect_error(stp_portfolio(england, progress = function(done) FALSE), class = "stpfin_error_cancelled")
  skip_on_os("windows")
  interrupt <- function(done) if (done > 0) tools::pskill(Sys.getpid(), tools::SIGINT)
  expect_identical(summary(search(progress = interrupt))$end, "stopped")
  answer <- tryCatch(
    stp_portfolio(england, progress = function(done) tools::pskill(Sys.getpid(), tools::SIGINT)),
    interrupt = function(condition) "interrupted"
  )
  expect_identical(answer, "interrupted")
  # While C is at work alone.
  parent <- Sys.getpid()
  waiting <- parallel::mcparallel({
    Sys.sleep(2)
    tools::pskill(parent, tools::SIGINT)
  })
  alone <- search(time_limit = 60, progress = FALSE)
  parallel::mccollect(waiting)
  expect_identical(summary(alone)$end, "stopped")
})
