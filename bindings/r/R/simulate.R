# How results spread when uncertain figures are drawn. A simulation is a list of
# data: nothing in it dies when it is saved or sent elsewhere.

# What draws are made of; every piece of a simulation has a first and an end besides.
ask_draws <- function(scenarios, measures, draws, seed, prices, by, method) {
  scenarios <- as_texts(scenarios, "scenarios")
  if (is.null(by)) {
    by <- if (length(scenarios) == 0) "driver" else "scheme"
  }
  list(
    scenarios = scenarios, measures = as_texts(measures, "measures"), draws = as_whole(draws, "draws"),
    seed = as_whole(seed, "seed"), prices = as_choice(prices, price_words, "prices"),
    by = as_choice(by, bridge_ways, "by"), method = as_choice(method, bridge_methods, "method")
  )
}

# The ends that R and C have of a simulation.
ways_to_c <- function(asked) {
  list(
    match(asked$prices, price_words) - 1L, match(asked$by, bridge_ways) - 1L,
    match(asked$method, bridge_methods) - 1L
  )
}

# C has 0 for as many as the machine has.
threads_to_c <- function(threads) {
  if (is.null(threads)) {
    return(0)
  }
  if (as_whole(threads, "threads") == 0) {
    stop_argument("threads are 1 or more, or NULL for as many as the machine has")
  }
  as_whole(threads, "threads")
}

stp_simulate <- function(plan, scenarios = NULL, measures = NULL, draws = 1000, seed = 1,
                         first = 0, end = NULL, prices = c("cash", "real"), by = NULL,
                         method = c("sequential", "shapley"), threads = NULL,
                         progress = interactive()) {
  asked <- ask_draws(scenarios, measures, draws, seed, prices, by, method)
  if (!is.null(end) && as_whole(end, "end") == 0) {
    stop_argument("end is the draw after the last to make, 1 or more, or NULL for all")
  }
  simulate_draws(plan, asked, as_whole(first, "first"), if (is.null(end)) 0 else end, threads, progress)
}

simulate_draws <- function(plan, asked, first, end, threads, progress) {
  pointer <- plan_pointer(plan)
  threads <- threads_to_c(threads)
  made <- with_progress(progress, function(tell) {
    do.call(call_c, c(
      list(R_swig_stpfin_simulate, pointer, asked$scenarios, asked$measures, asked$draws, asked$seed, first, end),
      ways_to_c(asked), list(threads, tell)
    ))
  })
  new_simulation(made$out_simulation, plan, asked)
}

new_simulation <- function(pointer, plan, asked) {
  structure(
    list(
      simulation = to_r(call_c(R_swig_stpfin_simulation_get_table, pointer, "simulation")$out_table),
      draws = call_c(R_swig_stpfin_simulation_get_draws, pointer)$out_draws
    ),
    class = "stp_simulation",
    stamp = new_stamp(call_c(R_swig_stpfin_simulation_get_stamp, pointer)$out_stamp),
    summary = as.data.frame(call_c(R_swig_stpfin_simulation_get_summary, pointer)$out_summary),
    plan = plan, asked = asked
  )
}

# The library's simulation, of the draws.
simulation_pointer <- function(simulation) {
  asked <- asked_of(simulation)
  total <- attr(simulation, "summary", exact = TRUE)
  draws <- unclass(simulation)$draws
  if (!is.list(asked) || !is.data.frame(total) || !is.double(draws)) {
    stop_argument("x is no longer a whole simulation: make it again with stp_simulate()")
  }
  pointer <- do.call(call_c, c(
    list(
      R_swig_stpfin_simulation_restore, plan_pointer(plan_of(simulation)), asked$scenarios, asked$measures,
      asked$draws, asked$seed, total$first, total$end
    ),
    ways_to_c(asked), list(as.double(draws), total$clipped)
  ))$out_simulation
  stamp <- new_stamp(call_c(R_swig_stpfin_simulation_get_stamp, pointer)$out_stamp)
  if (!identical(stamp, stp_stamp(simulation))) {
    stop_argument(
      "the simulation was made of another plan or by another version, ", stp_stamp(simulation)$library_version,
      ": make it again with stp_simulate()"
    )
  }
  pointer
}

stp_join <- function(...) {
  pieces <- list(...)
  if (length(pieces) == 1 && is.list(pieces[[1]]) && !inherits(pieces[[1]], "stp_simulation")) {
    pieces <- pieces[[1]]
  }
  for (piece in pieces) {
    if (!inherits(piece, "stp_simulation")) {
      stop_argument("what is joined are simulations, as stp_simulate() makes, not ", shown(piece))
    }
  }
  if (length(pieces) == 0) {
    stop_argument("there are no simulations to join")
  }
  joined <- call_c(R_swig_stpfin_simulation_join, unname(lapply(pieces, simulation_pointer)))
  new_simulation(joined$out_simulation, plan_of(pieces[[1]]), asked_of(pieces[[1]]))
}

simulation_tables <- function(simulation, results) {
  pointer <- simulation_pointer(simulation)
  lapply(results, function(name) call_c(R_swig_stpfin_simulation_get_table, pointer, name)$out_table)
}

as.data.frame.stp_simulation <- function(x, row.names = NULL, optional = FALSE, ...,
                                         result = c("simulation", "draws")) {
  result <- as_choice(result, c("simulation", "draws"), "result")
  if (result == "simulation") x$simulation else to_r(simulation_tables(x, result)[[1]])
}

`[.stp_simulation` <- function(x, i) {
  parts <- unclass(x)
  attributes(parts) <- list(names = names(parts))
  parts[i]
}

summary.stp_simulation <- function(object, ...) attr(object, "summary", exact = TRUE)

format.stp_simulation <- function(x, ...) {
  total <- summary(x)
  made <- total$end - total$first
  paste0(
    "<stp_simulation> ", count(made, "draw"), " of seed ", format(total$seed, digits = 16), " of ",
    count(total$parameters, "uncertain figure"),
    if (made < total$draws) {
      paste0(" (", whole(total$first), " to before ", whole(total$end), " of ", whole(total$draws), ")")
    },
    ", ", paste(unique(c("do_nothing", asked_of(x)$scenarios)), collapse = ", "), ", ", prices_words(x)
  )
}

whole <- function(x) number(x, 0)

percent <- function(share) sprintf("%.0f%%", 100 * share)

print.stp_simulation <- function(x, ...) {
  rows <- figures_of(x, x$simulation, NULL, NULL)
  rows <- rows[rows$year == max(rows$year), ]
  scale <- measure_scale(rows$measure[1], rows[c("central", "mean", "p10", "p90")])
  cat(
    format(x), "\n\n", as.character(rows$measure[1]), ", ", label_codes(rows$place[1], labels_of(plan_of(x))), ", ",
    year_label(rows$year[1]), spaced(scale$unit), "\n\n",
    sep = ""
  )
  print(data.frame(
    scenario = rows$scenario, central = number(rows$central / scale$by), mean = number(rows$mean / scale$by),
    P10 = number(rows$p10 / scale$by), P90 = number(rows$p90 / scale$by), closed = percent(rows$probability_closed)
  ), row.names = FALSE)
  clipped <- summary(x)$clipped
  cat(
    "\ncentral is the plan as it stands; closed, the share of draws of 0 or less\n",
    if (clipped > 0) paste0(whole(clipped), " drawn values were out of range and clipped\n"),
    "$simulation has every figure, $draws a row a draw and a column a figure\n",
    sep = ""
  )
  invisible(x)
}

# The rows of one measure in one place: where none is asked for, of the first and of England.
figures_of <- function(x, rows, measure, place) {
  measures <- unique(as.character(rows$measure))
  measure <- if (is.null(measure)) measures[1] else as_text(measure, "measure")
  if (!measure %in% measures) {
    stop_argument("'", measure, "' is no measure here: there is ", paste(measures, collapse = ", "))
  }
  rows <- rows[rows$measure == measure, ]
  rows[rows$place == place_of(rows, place), ]
}

place_of <- function(rows, place) {
  places <- unique(as.character(rows$place))
  if (is.null(place)) {
    return(if ("England" %in% places) "England" else places[1])
  }
  check_place(place, places, "place of these results")
  place
}

# What divides a measure's values, and the unit that gives.
measure_scale <- function(measure, values) {
  parts <- strsplit(sub("\\[.*", "", as.character(measure)), ".", fixed = TRUE)[[1]]
  columns <- describe_columns(parts[1])
  unit <- columns$unit[match(parts[2], columns$column)]
  if (identical(unit, "\u00a3")) {
    money_scale(unlist(values))
  } else {
    # What is "of the indicator" is no unit to show.
    list(by = 1, unit = if (is.na(unit) || startsWith(unit, "of the ")) "" else unit)
  }
}

spaced <- function(unit) if (nzchar(unit)) paste0(", ", unit) else ""
