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
