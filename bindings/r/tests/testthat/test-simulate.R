england <- stp_example("england")
simulation <- stp_simulate(england, "average_plan", draws = 70, seed = 7)

# A plan of which one figure is drawn, normal.
uncertain_plan <- function(...) {
  uncertainty <- data.frame(
    parameter = "growth", table = "activity_growth", column = "rate", mode = "value", distribution = "normal",
    p1 = 0.02, p2 = 0.01
  )
  given <- list(...)
  uncertainty[names(given)] <- given
  small_plan(uncertainty = uncertainty)
}

figure <- function(simulation, scenario = "do_nothing", place = "England", year = max(simulation$simulation$year)) {
  rows <- simulation$simulation
  which(rows$scenario == scenario & rows$place == place & rows$year == year)
}

test_that("draws are made and described", {
  expect_s3_class(simulation, "stp_simulation", exact = TRUE)
  expect_named(simulation, c("simulation", "draws"))
  expect_identical(dim(simulation$draws), c(70L, nrow(simulation$simulation)))
  at <- figure(simulation, "average_plan")
  row <- simulation$simulation[at, ]
  draws <- simulation$draws[, at]
  expect_equal(row$mean, mean(draws))
  expect_equal(row$sd, sd(draws))
  shares <- c(0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
  expect_equal(unlist(row[paste0("p", 100 * shares)], use.names = FALSE), unname(quantile(draws, shares, type = 7)))
  expect_equal(row$probability_closed, mean(draws <= 0))
  expect_equal(row$probability_error, sqrt(mean(draws <= 0) * mean(draws > 0) / 70))
  expect_equal(row$shortfall_mean, mean(pmax(draws, 0)))
  expect_equal(row$tail_mean, mean(sort(draws, decreasing = TRUE)[1:4]))
  gap <- summary(stp_project(england, "average_plan"))
  expect_equal(row$central, subset(gap, scenario == "average_plan" & component == "total" & year == 2020)$gap)
  total <- summary(simulation)
  expect_identical(nrow(total), 1L)
  expect_equal(
    unlist(total[c("draws", "first", "end", "seed", "parameters")]),
    c(draws = 70, first = 0, end = 70, seed = 7, parameters = nrow(england$uncertainty))
  )
  expect_output(print(simulation), "70 draws of seed 7 of 43 uncertain figures, do_nothing, average_plan")
  expect_output(print(simulation), "funding_gap.gap, England, 2020/21.*average_plan +8\\.1")
  expect_identical(simulation["draws"], list(draws = simulation$draws))
})

test_that("a draw is a projection of the plan with what was drawn in it", {
  plan <- uncertain_plan()
  simulation <- stp_simulate(plan, draws = 3, seed = 2, measures = "position.gap")
  first <- stp_simulate(plan, draws = 3, seed = 2, measures = "activity.activity")
  at <- figure(first, place = "ccg")
  activity <- first$draws[, at] / 60000
  rates <- sqrt(activity) - 1
  expect_gt(length(unique(rates)), 2)
  for (i in 1:3) {
    drawn <- gap_of(stp_replace(plan, activity_growth = data.frame(rate = rates[i])))
    expect_equal(simulation$draws[i, figure(simulation, place = "trust")], drawn[length(drawn)], tolerance = 1e-10)
  }
})

test_that("the results are data frames, text, JSON, CSV and files", {
  expect_identical(as.data.frame(simulation), simulation$simulation)
  long <- as.data.frame(simulation, result = "draws")
  expect_named(long, c("scenario", "measure", "place", "year", "draw", "value"))
  expect_identical(long$value, as.vector(simulation$draws))
  expect_identical(range(long$draw), c(0L, 69L))
  expect_match(stp_text(simulation), "West Yorkshire")
  expect_named(stp_csv(simulation), "simulation")
  expect_named(stp_csv(simulation, c("simulation", "draws")), c("simulation", "draws"))
  expect_match(stp_json(simulation), stp_hash(england), fixed = TRUE)
  folder <- tempfile()
  expect_identical(stp_write_results(simulation, folder), simulation)
  expect_setequal(list.files(folder), c("simulation.csv", "datapackage.json"))
  stamp <- stp_stamp(simulation)
  expect_identical(stamp$plan_hash, stp_hash(england))
  expect_identical(c(stamp$seed, stamp$samples), c(7, 70))
  expect_error(stp_text(simulation, "drws"), "did you mean draws", class = "stpfin_error_argument")
  expect_error(as.data.frame(simulation, result = "drws"), class = "stpfin_error_argument")
})

test_that("the same draws come whatever else is asked for", {
  alone <- stp_simulate(england, draws = 70, seed = 7, threads = 1)
  expect_identical(alone$draws[, figure(alone)], simulation$draws[, figure(simulation)])
  expect_identical(stp_simulate(england, "average_plan", draws = 70, seed = 7, threads = 3), simulation)
  expect_false(identical(stp_simulate(england, draws = 70, seed = 8)$draws, alone$draws))
  less <- stp_simulate(england, "average_plan-do_nothing", draws = 20, seed = 7)
  at <- figure(simulation, "average_plan")
  expect_equal(
    less$draws[, figure(less, "average_plan-do_nothing")],
    (simulation$draws[, at] - simulation$draws[, figure(simulation)])[1:20]
  )
})

test_that("pieces join to the whole, bit for bit", {
  make <- function(first, end = NULL) {
    stp_simulate(england, "average_plan", draws = 70, seed = 7, first = first, end = end, threads = 1)
  }
  pieces <- list(make(50), make(0, 33), make(33, 50))
  expect_output(print(pieces[[2]]), "33 draws of seed 7 .*0 to before 33 of 70")
  expect_identical(do.call(stp_join, pieces), simulation)
  expect_identical(stp_join(pieces), simulation)
  expect_identical(stp_join(simulation), simulation)
  expect_error(stp_join(pieces[1:2]), class = "stpfin_error_argument")
  expect_error(stp_join(pieces[c(1, 2, 2)]), "overlap", class = "stpfin_error_argument")
  other <- stp_simulate(england, "average_plan", draws = 70, seed = 8, first = 50)
  expect_error(stp_join(other, pieces[[2]], pieces[[3]]), class = "stpfin_error_argument")
  expect_error(stp_join(), "no simulations", class = "stpfin_error_argument")
  expect_error(stp_join(pieces[[1]], 1), "simulations", class = "stpfin_error_argument")
})

test_that("forked processes make pieces, on threads", {
  skip_on_os("windows")
  pieces <- parallel::mclapply(c(0, 35), function(first) {
    stp_simulate(england, "average_plan", draws = 70, seed = 7, first = first, end = first + 35, threads = 2)
  }, mc.cores = 2)
  expect_identical(stp_join(pieces)[], simulation[])
})

test_that("simulations survive saving and travelling", {
  file <- tempfile()
  saveRDS(simulation, file)
  back <- readRDS(file)
  expect_identical(back[], simulation[])
  expect_identical(as.data.frame(back, result = "draws"), as.data.frame(simulation, result = "draws"))
  expect_identical(stp_json(back), stp_json(simulation))
  expect_identical(summary(back), summary(simulation))
  # Something that is missing, and a plan that is another.
  broken <- back
  attr(broken, "asked") <- NULL
  expect_error(stp_json(broken), "no longer a whole simulation", class = "stpfin_error_argument")
  broken <- back
  broken$draws <- back$draws[, 1]
  expect_error(stp_json(broken), class = "stpfin_error_argument")
  broken <- back
  attr(broken, "plan") <- stp_replace(england, discount_rate = 0.01)
  expect_error(stp_join(broken), "another plan", class = "stpfin_error_argument")
  attr(broken, "plan") <- stp_replace(england, bid_amount = NULL, bid = NULL, portfolio_limit = NULL)
  expect_error(stp_json(broken), "another plan", class = "stpfin_error_argument")
  expect_error(stp_join(structure(list(), class = "stp_simulation")), class = "stpfin_error_argument")
})

test_that("what is out of range is clipped and counted", {
  wild <- stp_simulate(uncertain_plan(p1 = -0.9, p2 = 0.5), draws = 200)
  expect_gt(summary(wild)$clipped, 20)
  expect_output(print(wild), "out of range and clipped")
  expect_identical(summary(stp_simulate(uncertain_plan(), draws = 20))$clipped, 0)
})

test_that("wrong requests are refused", {
  refused <- function(..., says = NULL) {
    expect_error(stp_simulate(england, ...), says, class = "stpfin_error_argument")
  }
  refused("nowhere", says = "average_plan")
  refused(measures = "funding_gap.gp", says = "did you mean gap")
  refused(draws = 0)
  refused(draws = 1.5)
  refused(draws = 2e9)
  refused(seed = 2^54, says = "from 0 to 2\\^53")
  refused(seed = -1)
  refused(seed = "1")
  refused(first = 10, end = 5)
  refused(end = 0, says = "end is the draw after the last")
  refused(first = 1000)
  refused(threads = 0, says = "threads are 1 or more")
  refused(prices = "nominal")
  refused(by = "step")
  refused(method = "exact")
  refused(progress = "yes")
  expect_error(stp_simulate(small_plan()), "nothing in the plan is uncertain", class = "stpfin_error_argument")
  expect_error(stp_simulate(1), "is a plan", class = "stpfin_error_argument")
  expect_error(uncertain_plan(distribution = "nrmal"), class = "stpfin_error_plan")
  huge <- stp_replace(uncertain_plan(p1 = 1e15, p2 = 1), end_year = 2060)
  expect_error(stp_simulate(huge), class = "stpfin_error_overflow")
})

test_that("work is told of, stopped and interrupted", {
  work <- function(progress, draws = 20000) stp_simulate(england, "average_plan", draws = draws, progress = progress)
  seen <- c()
  work(function(done) seen <<- c(seen, done))
  expect_gt(length(seen), 1)
  expect_true(all(diff(seen) >= 0) && all(seen >= 0) && all(seen <= 1))
  expect_error(work(function(done) FALSE), class = "stpfin_error_cancelled")
  expect_error(work(function(done) stop("out of patience")), "out of patience")
  expect_error(stp_sensitivity(england, progress = function(done) FALSE), class = "stpfin_error_cancelled")
  skip_on_os("windows")
  interrupted <- function(work) {
    tryCatch(
      {
        work
        "done"
      },
      interrupt = function(condition) "interrupted"
    )
  }
  expect_identical(interrupted(work(function(done) tools::pskill(Sys.getpid(), tools::SIGINT))), "interrupted")
  # While C is at work alone, on more than one thread, and for long.
  long <- function() {
    measure <- "funding_gap.gap[footprint=England;year=2020]"
    stp_simulate(england, "average_plan", measure, draws = 1e6, progress = FALSE)
  }
  parent <- Sys.getpid()
  waiting <- parallel::mcparallel({
    Sys.sleep(1)
    tools::pskill(parent, tools::SIGINT)
    Sys.time()
  })
  answer <- interrupted(long())
  ended <- Sys.time()
  sent <- parallel::mccollect(waiting)[[1]]
  expect_identical(answer, "interrupted")
  expect_lt(as.numeric(ended - sent, units = "secs"), 10)
  expect_identical(interrupted(work(FALSE, 10)), "done")
})

test_that("sensitivity says what moves a measure", {
  found <- stp_sensitivity(england, "average_plan", draws = 40, seed = 3)
  expect_s3_class(found, "stp_sensitivity", exact = TRUE)
  rows <- as.data.frame(found)
  expect_identical(found["sensitivity"], list(sensitivity = rows))
  last <- subset(rows, scenario == "do_nothing" & place == "England" & year == 2020)
  expect_identical(as.character(last$parameter), as.character(england$uncertainty$parameter))
  growth <- subset(last, parameter == "growth")
  expect_gt(growth$high - growth$low, 5e9)
  expect_true(all(abs(last$rank_correlation) <= 1))
  expect_true(all(is.na(rows$first_order)))
  expect_true(all(is.na(stp_sensitivity(england, draws = 0)$sensitivity$rank_correlation)))
  central <- subset(found$central, scenario == "do_nothing" & place == "England" & year == 2020)$central
  expect_equal(central, simulation$simulation$central[figure(simulation)])
  expect_output(print(found), "43 uncertain figures.*average_plan, England, 2020/21.*growth +1\\.7 +11\\.4")
  expect_identical(stp_stamp(found)$seed, 3)
  expect_match(stp_text(found), "inflation_pay")
  expect_named(stp_csv(found), "sensitivity")
  expect_error(stp_sensitivity(england, sobol = 8), "correlat", class = "stpfin_error_argument")
  expect_error(stp_sensitivity(england, "nowhere"), class = "stpfin_error_argument")
  expect_error(stp_sensitivity(england, draws = 1), class = "stpfin_error_argument")
  expect_error(stp_stamp(found["sensitivity"]), class = "stpfin_error_argument")
})

test_that("Sobol's indices are those of the samples", {
  plan <- stp_replace(uncertain_plan(), uncertainty = data.frame(
    parameter = c("growth", "cost"), table = c("activity_growth", "flow"), column = c("rate", "cost"),
    mode = "factor", distribution = "normal", p1 = 1, p2 = c(0.5, 0.02)
  ))
  found <- subset(stp_sensitivity(plan, draws = 0, sobol = 512, repetitions = 50)$sensitivity,
    place == "England" & year == 2027)
  expect_identical(as.character(found$parameter), c("growth", "cost"))
  expect_true(all(found$first_lower <= found$first_order & found$first_order <= found$first_upper))
  expect_equal(sum(found$first_order), 1, tolerance = 0.2)
  # The model 2 x + z, of which x explains four fifths.
  set.seed(1)
  x <- matrix(rnorm(8000), ncol = 2)
  z <- matrix(rnorm(8000), ncol = 2)
  indices <- stp_sobol_indices(2 * x[, 1] + z[, 1], 2 * x[, 2] + z[, 2], 2 * x[, 2] + z[, 1], repetitions = 100)
  expect_named(indices, c("first_order", "first_lower", "first_upper", "total", "total_lower", "total_upper"))
  expect_equal(unlist(indices[c("first_order", "total")], use.names = FALSE), c(0.8, 0.8), tolerance = 0.1)
  expect_true(indices$total_lower < indices$total && indices$total < indices$total_upper)
  expect_true(is.na(stp_sobol_indices(1:4, 4:1, c(1, 3, 2, 4), repetitions = 0)$total_lower))
  expect_error(stp_sobol_indices(1, 1, 1), class = "stpfin_error_argument")
  expect_error(stp_sobol_indices(1:3, 1:2, 1:3), class = "stpfin_error_argument")
  expect_error(stp_sobol_indices("1", 1, 1), class = "stpfin_error_argument")
})

test_that("ranks are correlated as R does", {
  x <- c(3, 1, 4, 1, 5, 9, 2, 6)
  y <- c(2, 7, 1, 8, 2, 8, 1, 8)
  expect_equal(stp_rank_correlation(x, y), cor(x, y, method = "spearman"))
  expect_identical(stp_rank_correlation(1:3, c(1, 1, 1)), NA_real_)
  expect_error(stp_rank_correlation(1:3, 1:2), class = "stpfin_error_argument")
  expect_error(stp_rank_correlation(1:3, c(1, NA, 2)), class = "stpfin_error_argument")
})

test_that("a target is sought", {
  found <- stp_seek(england, "activity_growth.rate[service=non_elective]", 17e9)
  expect_s3_class(found, c("stp_seek", "data.frame"), exact = TRUE)
  expect_equal(found$reached, 17e9)
  growth <- england$activity_growth
  growth$rate[growth$service %in% "non_elective"] <- found$value
  gap <- summary(stp_project(stp_replace(england, activity_growth = growth)))
  expect_equal(subset(gap, component == "total" & year == 2020)$gap, 17e9)
  expect_output(print(found), "rate\\[service=non_elective\\] = -0.00165.*17.0, .bn, do_nothing, England, 2020/21")
  expect_identical(stp_stamp(found)$plan_hash, stp_hash(england))
  expect_identical(class(as.data.frame(found)), "data.frame")
  expect_match(stp_text(found, plan = england), "reached")
  expect_named(stp_csv(found), "seek")
  nearest <- tryCatch(
    stp_seek(england, "scenario.scale[scenario=average_plan]", scenario = "average_plan", from = 0, to = 1.5),
    stpfin_error_infeasible = function(error) {
      expect_match(conditionMessage(error), "between 0 and 1.5 brings")
      error$nearest
    }
  )
  expect_s3_class(nearest, "stp_seek")
  expect_equal(nearest$value, 1.5)
  expect_gt(nearest$reached, 0)
  expect_error(stp_seek(england, "grwth"), class = "stpfin_error_argument")
  expect_error(stp_seek(england, "growth", measure = "funding_gap.gp"), class = "stpfin_error_argument")
  expect_error(stp_seek(england, "growth", place = "Atlantis"), class = "stpfin_error_argument")
  expect_error(stp_seek(england, "growth", year = 1999), class = "stpfin_error_argument")
  expect_error(stp_seek(england, "growth", from = 1, to = 0), class = "stpfin_error_argument")
  expect_error(stp_seek(england, "growth", target = NA), "target is one number", class = "stpfin_error_argument")
  expect_error(stp_seek(england, 1), class = "stpfin_error_argument")
})

test_that("futures make what one machine does, bit for bit", {
  skip_if_not_installed("future.apply")
  whole <- stp_simulate_future(england, "average_plan", draws = 70, seed = 7, pieces = 3)
  expect_identical(whole, simulation)
  old <- future::plan(future::multisession, workers = 2)
  on.exit(future::plan(old))
  expect_identical(stp_simulate_future(england, "average_plan", draws = 70, seed = 7), simulation)
  # A handle is no reference that a worker needs.
  strict <- options(future.globals.onReference = "error")
  expect_identical(stp_simulate_future(england, "average_plan", draws = 70, seed = 7, pieces = 5), simulation)
  options(strict)
  few <- stp_simulate_future(uncertain_plan(), draws = 3, pieces = 10)
  expect_identical(few$draws, stp_simulate(uncertain_plan(), draws = 3)$draws)
  expect_error(stp_simulate_future(england, "nowhere", draws = 4), "average_plan", class = "stpfin_error_argument")
  expect_error(stp_simulate_future(england, pieces = 0), "pieces are 1 or more", class = "stpfin_error_argument")
  expect_error(stp_simulate_future(england, draws = 0), class = "stpfin_error_argument")
  expect_error(stp_simulate_future(1), class = "stpfin_error_argument")
})

drawn <- function(chart) {
  expect_s3_class(chart, "ggplot")
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  print(chart)
  chart
}

test_that("simulations are drawn", {
  skip_if_not_installed("ggplot2")
  autoplot <- ggplot2::autoplot
  fan <- drawn(autoplot(simulation))
  expect_match(fan$labels$title, "Funding gap, England, \u00a3bn")
  at <- figure(simulation, "average_plan")
  row <- simulation$simulation[at, ]
  band <- subset(fan$layers[[1]]$data, scenario == "average plan" & year == 2020 & band == "80%")
  expect_equal(c(band$lower, band$upper), c(row$p10, row$p90) / 1e9)
  expect_match(drawn(autoplot(simulation, place = "E54000005"))$labels$title, "West Yorkshire")
  curve <- drawn(autoplot(simulation, "s_curve", scenario = "average_plan"))
  expect_equal(curve$data$value, sort(simulation$draws[, at]) / 1e9)
  expect_equal(curve$layers[[3]]$data$share, c(mean(simulation$draws[, at] <= row$central), row$probability_closed))
  odds <- drawn(autoplot(simulation, "odds", most = 10))$data
  expect_identical(nrow(odds), 10L)
  expect_true(all(odds$lower <= odds$probability_closed & odds$probability_closed <= odds$upper))
  expect_gt(min(odds$upper - odds$lower), 0)
  expect_error(autoplot(simulation, "bridge"), "bridge.amount", class = "stpfin_error_argument")
  expect_error(autoplot(simulation, "pie"), class = "stpfin_error_argument")
  expect_error(autoplot(simulation, place = "Atlantis"), class = "stpfin_error_argument")
  expect_error(autoplot(simulation, measure = "funding_gap.cost"), class = "stpfin_error_argument")
  expect_error(autoplot(simulation, scenario = "nowhere"), class = "stpfin_error_argument")
  expect_error(autoplot(simulation, "odds", year = 1999), class = "stpfin_error_argument")
})

test_that("bridges are drawn with their intervals, and tornadoes", {
  skip_if_not_installed("ggplot2")
  bridge <- stp_simulate(england, "average_plan", c("bridge.amount", "activity.activity"), draws = 33,
    by = "workstream")
  bars <- drawn(ggplot2::autoplot(bridge, "bridge"))$data
  steps <- subset(bridge$simulation, grepl("^bridge", measure) & place == "England" & year == 2020)
  expect_equal(bars$to - bars$from, steps$mean / 1e9)
  expect_equal(bars$upper - bars$from, steps$p90 / 1e9)
  expect_equal(bars$lower - bars$from, steps$p10 / 1e9)
  activity <- grep("^activity", unique(bridge$simulation$measure), value = TRUE)[1]
  drawn(ggplot2::autoplot(bridge, measure = activity))
  found <- stp_sensitivity(england, "average_plan", draws = 0)
  tornado <- drawn(ggplot2::autoplot(found, most = 5))
  expect_identical(nrow(tornado$data), 10L)
  growth <- subset(found$sensitivity, scenario == "average_plan" & parameter == "growth" & place == "England" &
    year == 2020)
  expect_true(all(c(growth$low, growth$high) / 1e9 == tornado$data$value[tornado$data$y == 5][
    order(tornado$data$end[tornado$data$y == 5])]))
  expect_error(ggplot2::autoplot(found, year = 1999), class = "stpfin_error_argument")
})
