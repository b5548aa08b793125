# Sharing a fund among those who claim it, by rules.

rules <- c("proportional", "equal_awards", "equal_losses", "talmud")
claim_weights <- c("claim", "population")

rule_to_c <- function(rule) match(as_choice(rule, rules, "rule"), rules) - 1L

# The most an award may change, as C takes it.
pace_to_c <- function(pace) {
  if (is.null(pace)) {
    return(-1)
  }
  pace <- as_number(pace, "pace")
  if (pace < 0) {
    stop_argument("pace is 0 or more, as 0.1 for 10%, not ", shown(pace))
  }
  pace
}

stp_share <- function(pot, claim, rule = c("proportional", "equal_awards", "equal_losses", "talmud"),
                      weight = NULL, floor = NULL, cap = NULL, last = NULL, pace = NULL) {
  claims <- as_numbers(claim, "claim")
  if (!is.null(dim(claim))) {
    stop_argument("claim is a vector, not a matrix")
  }
  # One for each claim, or one for all.
  beside <- function(x, what) {
    if (!is.null(names(x)) && !is.null(names(claim)) && !identical(names(x), names(claim))) {
      stop_argument(what, " is to have the names of claim, in the same order")
    }
    x <- as_numbers(x, what, optional = TRUE)
    if (length(x) == 1) rep(x, length(claims)) else x
  }
  award <- call_c(
    R_swig_stpfin_fund_share, rule_to_c(rule), as_number(pot, "pot"), claims,
    beside(weight, "weight"), beside(floor, "floor"), beside(cap, "cap"), beside(last, "last"),
    pace_to_c(pace), length(claims)
  )$out_award
  structure(award, names = names(claim))
}

stp_allocate <- function(plan, fund, rule = c("proportional", "equal_awards", "equal_losses", "talmud"),
                         weight = c("claim", "population"), year = NULL, pace = NULL,
                         scenario = NULL) {
  pointer <- plan_pointer(plan)
  weight <- as_choice(weight, claim_weights, "weight")
  made <- call_c(
    R_swig_stpfin_allocate, pointer, as_text(fund, "fund"), rule_to_c(rule),
    match(weight, claim_weights) - 1L, if (is.null(year)) 0 else as_year(year, "year"),
    pace_to_c(pace), as_text(scenario, "scenario", optional = TRUE)
  )
  funded <- new_plan(call_c(R_swig_stpfin_plan_replace, pointer, made$out_awards), "the new plan")
  structure(
    list(allocation = to_r(made$out_allocation), award = stp_table(funded, "award"), plan = funded),
    class = "stp_allocation", stamp = new_stamp(made$out_stamp),
    rule = as_choice(rule, rules, "rule"), weight = weight
  )
}

# The rule of an allocation in words.
rule_label <- function(allocation) {
  paste0(
    gsub("_", " ", attr(allocation, "rule", exact = TRUE)),
    if (attr(allocation, "weight", exact = TRUE) == "population") " by population"
  )
}

summary.stp_allocation <- function(object, ...) {
  allocation <- object$allocation
  years <- sort(unique(allocation$year))
  of_year <- function(x) vapply(years, function(year) sum(x[allocation$year == year]), 0)
  data.frame(
    year = years, organisations = vapply(years, function(year) sum(allocation$year == year), 1L),
    claim = of_year(allocation$claim), award = of_year(allocation$award),
    residual = of_year(allocation$residual)
  )
}

format.stp_allocation <- function(x, ...) {
  years <- year_label(range(x$allocation$year))
  paste0(
    "<stp_allocation> ", x$allocation$fund[1], ", ", paste(unique(years), collapse = " to "), ", ",
    rule_label(x), ", scenario ", x$allocation$scenario[1]
  )
}

print.stp_allocation <- function(x, ...) {
  cat(format(x), "\n\n\u00a3m\n", sep = "")
  total <- summary(x)
  money <- format(round(total[c("claim", "award", "residual")] / 1e6, 1), nsmall = 1, big.mark = ",")
  print(cbind(year = year_label(total$year), total["organisations"], money), row.names = FALSE)
  cat("\n$allocation says who gets what, $plan is the plan with these awards\n")
  invisible(x)
}

`[.stp_allocation` <- function(x, i) {
  parts <- unclass(x)
  attributes(parts) <- list(names = names(parts))
  parts[i]
}

as.data.frame.stp_allocation <- function(x, ...) x$allocation
