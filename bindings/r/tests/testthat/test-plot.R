england <- stp_example("england")
projection <- stp_project(england, "average_plan")

drawn <- function(chart) {
  expect_s3_class(chart, "ggplot")
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  print(chart)
  chart
}

test_that("projections are drawn", {
  skip_if_not_installed("ggplot2")
  autoplot <- ggplot2::autoplot
  gap <- drawn(autoplot(projection))
  expect_match(gap$labels$title, "\u00a3bn")
  total <- gap$layers[[3]]$data
  expect_equal(max(total$money), 18.26, tolerance = 1e-3)
  footprint <- as.character(england$footprint$footprint[1])
  expect_match(drawn(autoplot(projection, place = footprint))$labels$title, england$footprint$name[1], fixed = TRUE)
  drawn(autoplot(projection, "activity"))
  drawn(autoplot(projection, "activity", place = "RTR"))
  drawn(autoplot(projection, "beds"))
  expect_error(autoplot(projection, "pie"), class = "stpfin_error_argument")
  expect_error(autoplot(projection, place = "Atlantis"), class = "stpfin_error_argument")
  expect_error(autoplot(projection, "beds", place = "Atlantis"), class = "stpfin_error_argument")
})

test_that("bridges are drawn, from bar to bar", {
  skip_if_not_installed("ggplot2")
  bridge <- stp_bridge(england, "average_plan", by = "workstream", place = "England")
  bars <- drawn(ggplot2::autoplot(bridge))$data
  n <- nrow(bars)
  expect_equal(bars$from[2:(n - 1)], bars$to[1:(n - 2)])
  expect_equal(bars$to[n - 1], bars$to[n])
  expect_match(drawn(ggplot2::autoplot(bridge, year = 2016))$labels$title, "2016/17")
  expect_error(ggplot2::autoplot(bridge, place = "vale"), class = "stpfin_error_argument")
  expect_error(ggplot2::autoplot(bridge, year = 1999), class = "stpfin_error_argument")
  drawn(ggplot2::autoplot(stp_compare(england, england)))
})

three <- stp_project(england, "prevention_and_quality", comparator = "best_fifth", overdispersion = TRUE)

test_that("health is drawn", {
  skip_if_not_installed("ggplot2")
  autoplot <- ggplot2::autoplot
  path <- drawn(autoplot(three, "health", place = "E54000005"))
  expect_match(path$labels$title, "Life expectancy, West Yorkshire, years")
  gap <- subset(three$health_gap, measure == "life_expectancy" & footprint == "E54000005" & year == 2020 &
    scenario == "prevention_and_quality" & sex == "female")$gap
  expect_true(gap %in% path$layers[[5]]$data$gap)
  drawn(autoplot(three, "health", place = "England", measure = "years_of_life_lost"))
  # England has no interval of this.
  healthy <- drawn(autoplot(three, "health", "England", measure = "healthy_life_expectancy"))
  expect_no_match(healthy$labels$subtitle, "95%")
  places <- drawn(autoplot(three, "health", year = 2016))
  expect_identical(nrow(places$data), 2L * 44L)
  expect_identical(places$data$gap > 0, places$data$value < places$data$comparator)
  drawn(autoplot(stp_project(england, comparator = "target", targets = c(life_expectancy = 83)), "health",
    measure = "standardised_rate"))
  slope <- drawn(autoplot(three, "inequality", place = "E54000005"))
  found <- subset(three$health_gap, measure == "slope_index" & footprint == "E54000005" & sex == "male")$value[1]
  expect_true(any(slope$data$slope == found))
  expect_identical(nrow(drawn(autoplot(three, "inequality"))$data), 2L * 44L)
  expect_error(autoplot(three, "health", year = 1999), "no year", class = "stpfin_error_argument")
  expect_error(autoplot(three, "health", place = "Atlantis"), class = "stpfin_error_argument")
  expect_error(autoplot(three, "health", measure = "slope_index"), class = "stpfin_error_argument")
  expect_error(autoplot(three, "inequality", place = "Atlantis"), class = "stpfin_error_argument")
  small <- stp_project(small_plan())
  for (what in c("health", "inequality", "funnel", "quality")) {
    expect_error(autoplot(small, what), "stp_describe|deprivation", class = "stpfin_error_argument")
  }
})

test_that("quality is drawn", {
  skip_if_not_installed("ggplot2")
  autoplot <- ggplot2::autoplot
  for (indicator in as.character(england$indicator$indicator)) {
    funnel <- drawn(autoplot(three, "funnel", indicator = indicator))
    expect_match(funnel$labels$subtitle, "overdispersion")
    shown <- funnel$data
    found <- subset(three$quality_gap, scenario == "do_nothing" & year == 2015)
    found <- found[found$indicator == indicator, ]
    found <- found[match(shown$footprint, found$footprint), ]
    expect_equal(shown$value, found$value)
    expect_identical(shown$position == "outside 99.8%", found$funnel %in% c("much_lower", "much_higher"))
    expect_identical(shown$position == "within the limits", found$funnel == "as_expected")
  }
  expect_match(drawn(autoplot(projection, "funnel"))$labels$subtitle, "chance alone")
  path <- drawn(autoplot(three, "quality", "E54000005", indicator = "rtt_18_weeks"))
  expect_identical(unique(path$data$target), 92)
  drawn(autoplot(three, "quality", indicator = "delayed_transfers"))
  expect_error(autoplot(three, "quality", "Atlantis"), class = "stpfin_error_argument")
  expect_error(autoplot(three, "funnel", indicator = "smiles"), "rtt_18_weeks", class = "stpfin_error_argument")
  expect_error(autoplot(three, "funnel", year = 2019), "not observed in 2019/20", class = "stpfin_error_argument")
})

test_that("allocations are drawn beside each other", {
  skip_if_not_installed("ggplot2")
  a <- stp_allocate(england, "transformation", "talmud")
  b <- stp_allocate(england, "transformation", "equal_losses", weight = "population")
  chart <- drawn(ggplot2::autoplot(a, b, year = "2018/19", most = 10))
  expect_identical(levels(chart$data$rule), c("talmud", "equal losses by population"))
  expect_identical(nrow(chart$data), 20L)
  largest <- sort(subset(a$allocation, year == 2018)$claim, decreasing = TRUE)[1:10]
  expect_identical(chart$data$claim[order(-chart$data$claim)][c(TRUE, FALSE)], largest)
  expect_error(ggplot2::autoplot(a, year = 2031), "no year", class = "stpfin_error_argument")
  expect_error(ggplot2::autoplot(a, 1), class = "stpfin_error_argument")
  expect_error(ggplot2::autoplot(a, stp_allocate(england, "sustainability")), class = "stpfin_error_argument")
})

test_that("portfolios are drawn", {
  skip_if_not_installed("ggplot2")
  portfolio <- stp_portfolio(england)
  total <- summary(portfolio)
  rows <- c(footprint = 44, workstream = 4, aim = 2)
  for (what in names(rows)) {
    chart <- drawn(ggplot2::autoplot(portfolio, what))
    expect_match(chart$labels$title, paste0("Bids chosen, by ", what))
    by <- if (grepl("bn", chart$labels$title)) 1e9 else 1e6
    expect_identical(nrow(chart$data), as.integer(rows[[what]]))
    expect_equal(sum(chart$data$asked) * by, sum(england$bid_amount$amount))
    expect_equal(sum(chart$data$chosen) * by, total$spent)
  }
  expect_match(drawn(ggplot2::autoplot(portfolio, alternative = 1))$labels$title, "Alternative 1, by footprint")
  price <- drawn(ggplot2::autoplot(portfolio, "price"))
  expect_equal(sum(price$data$spent) * 1e9, total$spent)
  expect_equal(sum(price$data$there) * 1e9, sum(england$fund$amount))
  expect_error(ggplot2::autoplot(portfolio, "year"), class = "stpfin_error_argument")
  expect_error(ggplot2::autoplot(portfolio, alternative = 9), "no alternative 9", class = "stpfin_error_argument")
  halves <- england$membership
  halves$share <- halves$share / 2
  benefits <- structure(rep(1, nrow(england$bid)), names = as.character(england$bid$bid))
  unplaced <- stp_portfolio(stp_replace(england, membership = halves, portfolio_limit = NULL),
    benefits = benefits, alternatives = 0)
  chart <- drawn(ggplot2::autoplot(unplaced))
  expect_true("unassigned" %in% chart$data$place)
  expect_equal(sum(chart$data$asked) * 1e9, sum(england$bid_amount$amount))
})

test_that("footprints are mapped", {
  skip_if_not_installed("ggplot2")
  skip_if_not_installed("sf")
  boundaries <- stp_boundaries()
  expect_setequal(boundaries$footprint, england$footprint$footprint)
  map <- drawn(ggplot2::autoplot(projection, "map"))
  expect_identical(nrow(map$data), 2L * 44L)
  drawn(ggplot2::autoplot(projection, "map", year = "2018/19", per_head = FALSE))
  expect_error(ggplot2::autoplot(stp_project(small_plan()), "map"), "boundaries", class = "stpfin_error_argument")
  expect_error(ggplot2::autoplot(projection, "map", year = 1999), class = "stpfin_error_argument")
})
