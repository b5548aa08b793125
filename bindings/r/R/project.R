# Projections. A projection knows its plan and what was asked of it, so that it
# is made anew where its handle is dead; results are made when asked for.

price_words <- c("cash", "real")
comparators <- c("england", "best_fifth", "target")

stp_project <- function(plan, scenarios = NULL, prices = c("cash", "real"),
                        comparator = c("england", "best_fifth", "target"), targets = NULL,
                        overdispersion = FALSE, progress = interactive()) {
  asked <- list(
    scenarios = as_texts(scenarios, "scenarios"), prices = as_choice(prices, price_words, "prices"),
    comparator = as_choice(comparator, comparators, "comparator"), targets = as_targets(targets),
    overdispersion = as_flag(overdispersion, "overdispersion")
  )
  pointer <- project(plan, asked, progress)
  structure(list(),
    class = "stp_projection", plan = plan, asked = asked,
    handle = list2env(list(pointer = pointer), parent = emptyenv())
  )
}

# Targets of health, of no sex where they are of each.
as_targets <- function(targets) {
  if (is.null(targets)) {
    targets <- structure(numeric(), names = character())
  }
  if (is.numeric(targets) && !is.object(targets) && !is.null(names(targets))) {
    targets <- data.frame(measure = names(targets), value = as.double(targets))
  }
  if (!is.data.frame(targets) || !all(c("measure", "value") %in% names(targets)) ||
    !all(names(targets) %in% c("measure", "sex", "value"))) {
    stop_argument(
      "targets are a vector by measure, as c(life_expectancy = 83), or a data frame of measure, ",
      "value and perhaps sex, not ", shown(targets)
    )
  }
  sex <- if (is.null(targets$sex)) NA else targets$sex
  list(
    measure = as_texts(targets$measure, "targets$measure"),
    sex = rep_len(as.character(sex), nrow(targets)), value = as_numbers(targets$value, "targets$value")
  )
}

project <- function(plan, asked, progress) {
  pointer <- plan_pointer(plan)
  with_progress(progress, function(tell) {
    call_c(
      R_swig_stpfin_project, pointer, match(asked$prices, price_words) - 1L, asked$scenarios,
      match(asked$comparator, comparators) - 1L, asked$targets$measure, asked$targets$sex,
      asked$targets$value, asked$overdispersion, tell
    )
  })$out_projection
}

plan_of <- function(projection) attr(projection, "plan", exact = TRUE)

asked_of <- function(projection) attr(projection, "asked", exact = TRUE)

projection_pointer <- function(projection) {
  if (!inherits(projection, "stp_projection")) {
    stop_argument("x is a projection, as stp_project() makes, not ", shown(projection))
  }
  handle <- attr(projection, "handle", exact = TRUE)
  if (!is.environment(handle)) {
    stop_argument("x is no longer a whole projection: make it again with stp_project()")
  }
  if (!is_live(handle$pointer)) {
    handle$pointer <- project(plan_of(projection), asked_of(projection), FALSE)
  }
  handle$pointer
}

stp_results <- function() call_c(R_swig_stpfin_projection_results)

result_table <- function(projection, name, progress = FALSE) {
  pointer <- projection_pointer(projection)
  with_progress(progress, function(tell) {
    call_c(R_swig_stpfin_projection_get_table, pointer, name, tell)
  })$out_table
}

stp_result <- function(projection, result = "funding_gap", progress = interactive()) {
  to_r(result_table(projection, as_text(result, "result"), progress))
}

names.stp_projection <- function(x) stp_results()

length.stp_projection <- function(x) length(stp_results())

`$.stp_projection` <- function(x, name) stp_result(x, name)

`[[.stp_projection` <- function(x, i, ...) {
  if (is.numeric(i) && length(i) == 1 && i %in% seq_along(stp_results())) {
    i <- stp_results()[i]
  }
  stp_result(x, i)
}

`[.stp_projection` <- function(x, i) {
  names <- stp_results()
  if (!is.character(i)) {
    i <- names[i]
  }
  structure(lapply(i, function(name) stp_result(x, name)), names = i)
}

read_only <- function(...) {
  stop_argument("a projection is not changed: change the plan and project it again")
}

`$<-.stp_projection` <- function(x, name, value) read_only()
`[[<-.stp_projection` <- function(x, i, value) read_only()
`[<-.stp_projection` <- function(x, i, value) read_only()
`names<-.stp_projection` <- function(x, value) read_only()

as.list.stp_projection <- function(x, ...) x[stp_results()]

as.data.frame.stp_projection <- function(x, row.names = NULL, optional = FALSE, ...,
                                         result = "funding_gap") {
  stp_result(x, result)
}

format.stp_projection <- function(x, ...) {
  years <- settings_of(plan_of(x))
  paste0(
    "<stp_projection> ", year_label(years$base_year), " to ", year_label(years$end_year), ", ",
    paste(unique(c("do_nothing", asked_of(x)$scenarios)), collapse = ", "), ", ",
    if (asked_of(x)$prices == "cash") {
      "in prices of each year"
    } else {
      paste("in prices of", year_label(years$base_year))
    }
  )
}

# The total gap of England (everything), a row a scenario and a column a year.
total_gap <- function(projection) {
  gaps <- stp_result(projection, "funding_gap", FALSE)
  gaps <- gaps[gaps$footprint == "England" & gaps$component == "total", ]
  years <- sort(unique(gaps$year))
  scenarios <- unique(as.character(gaps$scenario))
  matrix(gaps$gap[order(match(gaps$scenario, scenarios), gaps$year)],
    nrow = length(scenarios), byrow = TRUE, dimnames = list(scenarios, year_label(years))
  )
}

print.stp_projection <- function(x, ...) {
  cat(format(x), "\n\ntotal gap, \u00a3m; positive is a shortfall\n\n", sep = "")
  print(format(round(total_gap(x) / 1e6, 1), nsmall = 1, big.mark = ","), quote = FALSE, right = TRUE)
  cat("\nresults:", paste(stp_results(), collapse = ", "), "\n")
  invisible(x)
}

summary.stp_projection <- function(object, ...) {
  gaps <- stp_result(object, "funding_gap", FALSE)
  gaps <- gaps[gaps$footprint == "England", c("scenario", "component", "year", "cost", "income", "gap")]
  row.names(gaps) <- NULL
  gaps
}

str.stp_projection <- function(object, ...) cat(" ", format(object), "\n", sep = "")
