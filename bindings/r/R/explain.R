# Bridges, comparisons and alignment.

bridge_ways <- c("driver", "scheme", "workstream", "agreement")
bridge_methods <- c("sequential", "shapley")

stp_bridge <- function(plan, scenario = NULL, place = NULL, year = NULL, by = NULL,
                       method = c("sequential", "shapley"), samples = 200, seed = 1,
                       progress = interactive()) {
  pointer <- plan_pointer(plan)
  scenario <- as_text(scenario, "scenario", optional = TRUE)
  place <- as_text(place, "place", optional = TRUE)
  year <- if (is.null(year)) 0 else as_year(year, "year")
  if (is.null(by)) {
    by <- if (is.null(scenario) || scenario == "do_nothing") "driver" else "scheme"
  }
  by <- match(as_choice(by, bridge_ways, "by"), bridge_ways) - 1
  method <- match(as_choice(method, bridge_methods, "method"), bridge_methods) - 1
  made <- with_progress(progress, function(tell) {
    call_c(
      R_swig_stpfin_bridge, pointer, by, method, scenario, place, year,
      as_whole(samples, "samples"), as_whole(seed, "seed"), tell
    )
  })
  new_bridge(made$out_bridge, made$out_stamp, plan)
}

new_bridge <- function(table, stamp, plan) {
  bridge <- to_r(table)
  class(bridge) <- c("stp_bridge", "data.frame")
  attr(bridge, "stamp") <- new_stamp(stamp)
  attr(bridge, "labels") <- labels_of(plan)
  bridge
}

stp_compare <- function(before, after, scenario = NULL, progress = interactive()) {
  a <- plan_pointer(before, "before")
  b <- plan_pointer(after, "after")
  scenario <- as_text(scenario, "scenario", optional = TRUE)
  made <- with_progress(progress, function(tell) {
    call_c(R_swig_stpfin_compare, a, b, scenario, tell)
  })
  structure(
    list(
      changes = to_r(made$out_changes), bridge = new_bridge(made$out_bridge, made$out_stamp, after)
    ),
    class = "stp_comparison"
  )
}

format.stp_comparison <- function(x, ...) {
  tables <- unique(as.character(x$changes$table))
  paste0(
    "<stp_comparison> ", count(nrow(x$changes), "cell"), " changed",
    if (length(tables) > 0) paste(" in", paste(tables, collapse = ", "))
  )
}

print.stp_comparison <- function(x, n = 10, ...) {
  cat(format(x), "\n\n", sep = "")
  if (nrow(x$changes) > 0) {
    print(utils::head(x$changes, n), row.names = FALSE)
    if (nrow(x$changes) > n) {
      cat("and", nrow(x$changes) - n, "more\n")
    }
    cat("\n")
  }
  last <- x$bridge[x$bridge$place == "England" & x$bridge$year == max(x$bridge$year), ]
  print(as.data.frame(last), row.names = FALSE)
  invisible(x)
}

as.data.frame.stp_bridge <- function(x, ...) {
  class(x) <- "data.frame"
  attr(x, "stamp") <- attr(x, "labels") <- NULL
  x
}

as.data.frame.stp_comparison <- function(x, ...) x$changes

stp_align <- function(projection) {
  made <- call_c(R_swig_stpfin_align, projection_pointer(projection))
  structure(
    list(alignment = to_r(made$out_alignment), mismatch = to_r(made$out_mismatch)),
    class = "stp_alignment", stamp = stp_stamp(projection)
  )
}

format.stp_alignment <- function(x, ...) {
  paste0(
    "<stp_alignment> ", count(nrow(x$alignment), "line"), " of organisations' own plans, ",
    count(nrow(x$mismatch), "contract"), " seen from both ends"
  )
}

print.stp_alignment <- function(x, n = 10, ...) {
  cat(format(x), "\n", sep = "")
  if (nrow(x$alignment) > 0) {
    cat("\n")
    print(utils::head(x$alignment[order(-abs(x$alignment$difference)), ], n), row.names = FALSE)
  }
  if (nrow(x$mismatch) > 0) {
    cat("\n")
    print(utils::head(x$mismatch[order(-abs(x$mismatch$difference)), ], n), row.names = FALSE)
  }
  invisible(x)
}

as.data.frame.stp_alignment <- function(x, ...) x$alignment
