# What results depend on, and what it would take to reach a target.

stp_sensitivity <- function(plan, scenarios = NULL, measures = NULL, draws = 1000, sobol = 0,
                            repetitions = 1000, seed = 1, prices = c("cash", "real"), by = NULL,
                            method = c("sequential", "shapley"), threads = NULL,
                            progress = interactive()) {
  pointer <- plan_pointer(plan)
  asked <- ask_draws(scenarios, measures, draws, seed, prices, by, method)
  sobol <- as_whole(sobol, "sobol")
  repetitions <- as_whole(repetitions, "repetitions")
  workers <- threads_to_c(threads)
  made <- with_progress(progress, function(tell) {
    do.call(call_c, c(
      list(
        R_swig_stpfin_sensitivity, pointer, asked$scenarios, asked$measures, asked$draws, sobol, repetitions, asked$seed
      ),
      ways_to_c(asked), list(workers, tell)
    ))
  })
  asked$draws <- 1
  central <- simulate_draws(plan, asked, 0, 0, threads, FALSE)$simulation
  structure(
    list(
      sensitivity = to_r(made$out_table), central = central[c("scenario", "measure", "place", "year", "central")]
    ),
    class = "stp_sensitivity", stamp = new_stamp(made$out_stamp), plan = plan, asked = asked
  )
}

as.data.frame.stp_sensitivity <- function(x, ...) x$sensitivity

`[.stp_sensitivity` <- function(x, i) {
  parts <- unclass(x)
  attributes(parts) <- list(names = names(parts))
  parts[i]
}

format.stp_sensitivity <- function(x, ...) {
  paste0(
    "<stp_sensitivity> ", count(length(unique(x$sensitivity$parameter)), "uncertain figure"), ", ",
    paste(unique(c("do_nothing", asked_of(x)$scenarios)), collapse = ", "), ", ", prices_words(x)
  )
}

# The rows of one figure, what moves it most first.
swings_of <- function(x, scenario, measure, place, year, most) {
  rows <- x$sensitivity
  scenario <- scenario_of(rows, scenario)
  rows <- figures_of(x, rows[rows$scenario == scenario, ], measure, place)
  rows <- rows[rows$year == year_of(rows, year), ]
  utils::head(rows[order(-abs(rows$high - rows$low)), ], most)
}

# The last scenario where none is asked for.
scenario_of <- function(rows, scenario) {
  scenarios <- unique(as.character(rows$scenario))
  scenario <- if (is.null(scenario)) utils::tail(scenarios, 1) else as_text(scenario, "scenario")
  if (!scenario %in% scenarios) {
    stop_argument("'", scenario, "' is no scenario here: there is ", paste(scenarios, collapse = ", "))
  }
  scenario
}

# The last year where none is asked for.
year_of <- function(rows, year) {
  year <- if (is.null(year)) max(rows$year) else as_year(year, "year")
  if (!year %in% rows$year) {
    stop_argument(year_label(year), " is no year of these results")
  }
  year
}

print.stp_sensitivity <- function(x, n = 10, ...) {
  rows <- swings_of(x, NULL, NULL, NULL, NULL, n)
  scale <- measure_scale(rows$measure[1], rows[c("low", "high")])
  cat(
    format(x), "\n\n", as.character(rows$measure[1]), ", ", as.character(rows$scenario[1]), ", ",
    label_codes(rows$place[1], labels_of(plan_of(x))), ", ", year_label(rows$year[1]),
    spaced(scale$unit), "\n\n",
    sep = ""
  )
  shown <- data.frame(
    parameter = rows$parameter, P10 = number(rows$low / scale$by), P90 = number(rows$high / scale$by)
  )
  for (name in c("rank_correlation", "first_order", "total")) {
    if (!all(is.na(rows[[name]]))) shown[[name]] <- number(rows[[name]], 2)
  }
  print(shown, row.names = FALSE)
  cat("\nwith each figure at its 10th and 90th percentile, the others as the plan has them\n")
  invisible(x)
}

# An end of what is sought; a NaN is C's word for its own.
end_to_c <- function(x, what) if (is.null(x)) NaN else as_number(x, what)

stp_seek <- function(plan, parameter, target = 0, measure = "funding_gap.gap", scenario = NULL,
                     place = NULL, year = NULL, from = NULL, to = NULL,
                     prices = c("cash", "real"), progress = interactive()) {
  pointer <- plan_pointer(plan)
  parameter <- as_text(parameter, "parameter")
  measure <- as_text(measure, "measure")
  scenario <- as_text(scenario, "scenario", optional = TRUE)
  place <- as_text(place, "place", optional = TRUE)
  year <- if (is.null(year)) 0 else as_year(year, "year")
  target <- as_number(target, "target")
  from <- end_to_c(from, "from")
  to <- end_to_c(to, "to")
  prices <- match(as_choice(prices, price_words, "prices"), price_words) - 1L
  made <- with_progress(progress, function(tell) {
    call_c(
      R_swig_stpfin_seek, pointer, parameter, measure, scenario, place, year, target, from, to, prices, tell
    )
  })
  found <- structure(to_r(made$out_table),
    class = c("stp_seek", "data.frame"), stamp = new_stamp(made$out_stamp)
  )
  if (nzchar(made$out_said)) {
    stop_stpfin("infeasible", in_r(made$out_said), fields = list(nearest = found))
  }
  found
}

as.data.frame.stp_seek <- function(x, ...) {
  class(x) <- "data.frame"
  attr(x, "stamp") <- NULL
  x
}

format.stp_seek <- function(x, ...) {
  scale <- measure_scale(x$measure, c(x$target, x$reached))
  paste0(
    "<stp_seek> ", x$parameter, " = ", format(x$value, digits = 6), ": ", x$measure, " of ",
    number(x$reached / scale$by), spaced(scale$unit), ", ", x$scenario, ", ", x$place, ", ", year_label(x$year)
  )
}

print.stp_seek <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}
