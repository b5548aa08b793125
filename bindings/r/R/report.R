# Results as text, JSON, CSV and folders, and the stamp they carry.

new_stamp <- function(stamp) {
  stamp$prices <- price_words[stamp$prices + 1L]
  stamp$comparator <- comparators[stamp$comparator + 1L]
  structure(stamp, class = "stp_stamp")
}

# The stamp as C takes it.
stamp_to_c <- function(stamp) {
  if (!is.null(stamp)) {
    stamp <- unclass(stamp)
    stamp$prices <- match(stamp$prices, price_words) - 1L
    stamp$comparator <- match(stamp$comparator, comparators) - 1L
  }
  stamp
}

stp_stamp <- function(x) {
  if (inherits(x, "stp_projection")) {
    return(new_stamp(call_c(R_swig_stpfin_projection_get_stamp, projection_pointer(x))$out_stamp))
  }
  stamp <- attr(if (inherits(x, "stp_comparison")) x$bridge else x, "stamp", exact = TRUE)
  if (is.null(stamp)) {
    stop_argument(
      "x is a projection, simulation, sensitivity, bridge, comparison, alignment, allocation, portfolio or what ",
      "was sought, not ", shown(x)
    )
  }
  stamp
}

comparator_words <- c(england = "England", best_fifth = "the best fifth", target = "the target")

format.stp_stamp <- function(x, ...) {
  c(
    paste("stpfin", x$library_version),
    paste("plan", x$plan_hash),
    if (nzchar(x$compared_with)) paste("compared with", x$compared_with),
    paste0(
      year_label(x$settings$base_year), " to ", year_label(x$settings$end_year), ", ", x$prices, " prices"
    ),
    if (x$comparator != "england") paste("health beside", comparator_words[[x$comparator]]),
    if (x$overdispersed) "funnels with allowance for overdispersion",
    sprintf(
      "published %.0f%%, derived %.0f%%, assumed %.0f%% of the plan's \u00a3",
      100 * x$published, 100 * x$derived, 100 * x$assumed
    ),
    if (x$samples > 0) paste0(number(x$samples, 0), " samples of seed ", format(x$seed, digits = 16))
  )
}

print.stp_stamp <- function(x, ...) {
  cat(paste0(format(x), "\n"), sep = "")
  invisible(x)
}

as.data.frame.stp_stamp <- function(x, row.names = NULL, optional = FALSE, ...) {
  as.data.frame(c(unclass(x)[names(x) != "settings"], x$settings), row.names = row.names)
}

# The tables of C that something holds: of a projection the results named, or
# all but the ledger, which is long.
tables_of <- function(x, results = NULL, progress = FALSE) {
  if (inherits(x, "stp_projection")) {
    results <- if (is.null(results)) setdiff(stp_results(), "ledger") else as_texts(results, "results")
    return(lapply(results, function(name) result_table(x, name, progress)))
  }
  if (inherits(x, "stp_simulation")) {
    return(simulation_tables(x, if (is.null(results)) "simulation" else as_texts(results, "results")))
  }
  if (!is.null(results)) {
    stop_argument("results are those of a projection or simulation")
  }
  if (inherits(x, "stp_bridge")) {
    x <- list(bridge = x)
  } else if (inherits(x, "stp_sensitivity")) {
    x <- x["sensitivity"]
  } else if (inherits(x, "stp_seek")) {
    x <- list(seek = x)
  } else if (inherits(x, "stp_allocation")) {
    x <- list(allocation = x$allocation)
  } else if (inherits(x, "stp_portfolio")) {
    x <- x[portfolio_results]
  } else if (inherits(x, "stp_problems")) {
    x <- list(problem = x)
  } else if (inherits(x, "stp_comparison")) {
    x <- list(change = x$changes, bridge = x$bridge)
  } else if (inherits(x, "stp_alignment")) {
    x <- list(alignment = x$alignment, contract_mismatch = x$mismatch)
  } else if (is.data.frame(x) || !is.list(x)) {
    stop_argument(
      "x is a projection, simulation, sensitivity, bridge, comparison, alignment, allocation, portfolio, what was ",
      "sought or a named list of results, not ", shown(x)
    )
  }
  check_names(x)
  Map(to_c, x, names(x), USE.NAMES = FALSE)
}

stamp_of <- function(x) {
  has_one <- inherits(x, c("stp_projection", "stp_comparison")) || !is.null(attr(x, "stamp", exact = TRUE))
  if (has_one) stamp_to_c(stp_stamp(x))
}

stp_text <- function(x, results = NULL, plan = NULL) {
  if (is.null(plan) && inherits(x, c("stp_projection", "stp_simulation", "stp_sensitivity"))) {
    plan <- plan_of(x)
  }
  if (is.null(plan) && inherits(x, c("stp_allocation", "stp_portfolio"))) {
    plan <- x$plan
  }
  if (inherits(x, "stp_portfolio")) {
    x$portfolio <- x$portfolio[x$portfolio$chosen == "yes", ]
  }
  names <- if (!is.null(plan)) plan_pointer(plan)
  stamp <- stamp_of(x)
  text <- vapply(tables_of(x, results), function(table) {
    call_c(R_swig_stpfin_result_text, table, stamp, names)$out_text
  }, "")
  structure(paste(text, collapse = "\n"), class = "stp_text")
}

format.stp_text <- function(x, ...) unclass(x)

print.stp_text <- function(x, ...) {
  cat(unclass(x))
  invisible(x)
}

stp_json <- function(x, results = NULL) {
  call_c(R_swig_stpfin_results_json, tables_of(x, results), stamp_of(x))$out_text
}

stp_csv <- function(x, results = NULL) {
  text <- lapply(tables_of(x, results), function(table) {
    c(call_c(R_swig_stpfin_table_name, table), call_c(R_swig_stpfin_result_csv, table)$out_text)
  })
  structure(vapply(text, `[`, "", 2), names = vapply(text, `[`, "", 1))
}

stp_write_results <- function(x, folder, results = NULL) {
  folder <- as_path(folder, "folder")
  if (inherits(x, c("stp_allocation", "stp_portfolio"))) {
    call_c(R_swig_stpfin_fund_write, plan_pointer(x$plan), tables_of(x, results), stamp_of(x), folder)
    return(invisible(x))
  }
  call_c(R_swig_stpfin_results_write, folder, tables_of(x, results), stamp_of(x))
  invisible(x)
}

stp_describe <- function(table = NULL) describe(as_text(table, "table", optional = TRUE))

stp_version <- function() call_c(R_swig_stpfin_version)
