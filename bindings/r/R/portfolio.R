# Bids to funds chosen so that they bring the most together.

portfolio_results <- c("portfolio", "portfolio_price", "portfolio_missed")
# stpfin_portfolio_end, in portfolio.h.
portfolio_ends <- c("near_enough", "searched", "time_up", "stopped")

# Benefits as a table of C; NULL where they are to be computed.
benefits_to_c <- function(benefits) {
  if (is.null(benefits)) {
    return(NULL)
  }
  if (!is.data.frame(benefits)) {
    if (!is.numeric(benefits) || is.object(benefits) || is.null(names(benefits))) {
      stop_argument("benefits are a data frame, or numbers with the names of bids, not ", shown(benefits))
    }
    benefits <- data.frame(bid = names(benefits), benefit = as.double(benefits))
  }
  to_c(benefits, "benefits")
}

stp_portfolio <- function(plan, scenario = "portfolio", gap = 0.001, time_limit = NULL,
                          alternatives = 2, tolerance = 0.01, finance_weight = 1,
                          health_weight = 0, quality_weight = 0, benefits = NULL,
                          progress = interactive()) {
  pointer <- plan_pointer(plan)
  scenario <- as_text(scenario, "scenario")
  gap <- as_number(gap, "gap")
  time_limit <- if (is.null(time_limit)) 0 else as_number(time_limit, "time_limit")
  alternatives <- as_whole(alternatives, "alternatives")
  tolerance <- as_number(tolerance, "tolerance")
  weights <- c(
    as_number(finance_weight, "finance_weight"), as_number(health_weight, "health_weight"),
    as_number(quality_weight, "quality_weight")
  )
  benefits <- benefits_to_c(benefits)
  made <- with_progress(progress, function(tell) {
    call_c(
      R_swig_stpfin_portfolio_choose, pointer, scenario, gap, time_limit, alternatives, tolerance,
      weights[1], weights[2], weights[3], benefits, tell
    )
  })
  if (is.null(made$out_portfolio)) {
    stop_stpfin("infeasible", in_r(made$out_said), fields = list(conflict = to_r(made$out_conflict)))
  }
  new_portfolio(pointer, made$out_portfolio)
}

new_portfolio <- function(plan, portfolio) {
  table <- function(name) call_c(R_swig_stpfin_portfolio_get_table, portfolio, name)$out_table
  results <- lapply(portfolio_results, function(name) to_r(table(name)))
  names(results) <- portfolio_results
  with_scenario <- call_c(R_swig_stpfin_plan_replace, plan, table("scenario"))$out_plan
  after <- new_plan(call_c(R_swig_stpfin_plan_replace, with_scenario, table("award")), "the new plan")
  summary <- call_c(R_swig_stpfin_portfolio_get_summary, portfolio)$out_summary
  summary$end <- portfolio_ends[summary$end + 1L]
  structure(
    c(results, list(
      scenario = stp_table(after, "scenario"), award = stp_table(after, "award"), plan = after
    )),
    class = "stp_portfolio",
    stamp = new_stamp(call_c(R_swig_stpfin_portfolio_get_stamp, portfolio)$out_stamp),
    summary = as.data.frame(summary)
  )
}

summary.stp_portfolio <- function(object, ...) attr(object, "summary", exact = TRUE)

format.stp_portfolio <- function(x, ...) {
  total <- summary(x)
  paste0(
    "<stp_portfolio> ", total$chosen, " of ", total$bids, " bids for \u00a3", number(total$spent / 1e6),
    "m", if (nrow(x$portfolio) > 0) paste0(", scenario ", x$portfolio$scenario[1])
  )
}

print.stp_portfolio <- function(x, ...) {
  total <- summary(x)
  # Benefits that were given are in a unit of their own.
  given <- is.na(total$joint_benefit)
  ends <- c(
    near_enough = "", searched = "; the search has looked as far as it goes",
    time_up = "; the time was up", stopped = "; stopped when asked to"
  )
  cat(format(x), "\n", sep = "")
  cat(
    "benefit ", if (given) format(total$benefit, big.mark = ",") else million(total$benefit), ", ",
    if (total$gap > 0) sprintf("at most %.3f%% below the best", 100 * total$gap) else "the best there is",
    ends[[total$end]], if (!given) paste("; projected together", million(total$joint_benefit)), "\n\n",
    sep = ""
  )
  price <- x$portfolio_price
  print(data.frame(
    fund = price$fund, year = year_label(price$year), spent = number(price$spent / 1e6),
    price = number(price$price, 2)
  ), row.names = FALSE)
  cat(
    "\nspent in \u00a3m; price is what one more \u00a3 would bring\n",
    "$portfolio says which bids, $plan is the plan with them as a scenario\n",
    sep = ""
  )
  invisible(x)
}

million <- function(x) paste0("\u00a3", number(x / 1e6), "m")

`[.stp_portfolio` <- function(x, i) {
  parts <- unclass(x)
  attributes(parts) <- list(names = names(parts))
  parts[i]
}

as.data.frame.stp_portfolio <- function(x, ...) x$portfolio
