# Statistics on vectors and matrices, without a plan. A matrix has an area a row
# and a band a column; a vector is one area's bands.

# Numbers as C takes them, row after row; NA where missing.
as_numbers <- function(x, what, optional = FALSE) {
  if (is.null(x) && optional) {
    return(NULL)
  }
  if (inherits(x, "integer64")) {
    x <- integer64_to_double(x, what)
  }
  if (is.object(x) || !(is.numeric(x) || (is.logical(x) && all(is.na(x))))) {
    stop_argument(what, " is numeric, not ", shown(x))
  }
  if (is.matrix(x)) {
    x <- t(x)
  }
  as.double(x)
}

area_names <- function(x) {
  if (is.matrix(x)) {
    if (is.null(rownames(x))) seq_len(nrow(x)) else rownames(x)
  }
}

# A column `area` before the others, where several were given.
with_areas <- function(areas, data) {
  if (is.null(areas)) data else cbind(data.frame(area = rep(areas, each = nrow(data) / length(areas))), data)
}

# The value of each area (and band) and its limits.
intervals <- function(made) {
  data.frame(value = made$out_value, lower = made$out_lower, upper = made$out_upper)
}

stp_life_expectancy <- function(ages, population, deaths, confidence = 0.95) {
  ages <- as_numbers(ages, "ages")
  persons <- as_numbers(population, "population")
  n <- length(persons)
  made <- call_c(
    R_swig_stpfin_life_expectancy, ages, persons, as_numbers(deaths, "deaths"),
    as_number(confidence, "confidence"), n, n, n
  )
  with_areas(area_names(population), cbind(data.frame(age = rep_len(ages, n)), intervals(made)))
}

stp_healthy_life_expectancy <- function(ages, population, deaths, good_health,
                                        good_health_sample = NULL, confidence = 0.95) {
  ages <- as_numbers(ages, "ages")
  persons <- as_numbers(population, "population")
  n <- length(persons)
  made <- call_c(
    R_swig_stpfin_healthy_life_expectancy, ages, persons, as_numbers(deaths, "deaths"),
    as_numbers(good_health, "good_health"),
    as_numbers(good_health_sample, "good_health_sample", optional = TRUE),
    as_number(confidence, "confidence"), n, n, n
  )
  with_areas(area_names(population), cbind(data.frame(age = rep_len(ages, n)), intervals(made)))
}

stp_european_standard_population <- function(ages) {
  ages <- as_numbers(ages, "ages")
  call_c(R_swig_stpfin_european_standard_population, ages, length(ages))$out_standard_population
}

count_areas <- function(population) if (is.matrix(population)) nrow(population) else 1

stp_directly_standardised_rate <- function(count, population, standard_population,
                                           multiplier = 100000, confidence = 0.95) {
  n <- count_areas(population)
  made <- call_c(
    R_swig_stpfin_directly_standardised_rate, as_numbers(count, "count"),
    as_numbers(population, "population"), as_numbers(standard_population, "standard_population"),
    as_number(multiplier, "multiplier"), as_number(confidence, "confidence"), n, n, n
  )
  with_areas(area_names(population), intervals(made))
}

stp_indirectly_standardised_ratio <- function(count, population, reference_count,
                                              reference_population, confidence = 0.95) {
  n <- count_areas(population)
  made <- call_c(
    R_swig_stpfin_indirectly_standardised_ratio, as_numbers(count, "count"),
    as_numbers(population, "population"), as_numbers(reference_count, "reference_count"),
    as_numbers(reference_population, "reference_population"),
    as_number(confidence, "confidence"), n, n, n
  )
  with_areas(area_names(population), intervals(made))
}

stp_years_of_life_lost <- function(ages, population, deaths, multiplier = 100000,
                                   confidence = 0.95) {
  n <- count_areas(population)
  made <- call_c(
    R_swig_stpfin_years_of_life_lost, as_numbers(ages, "ages"),
    as_numbers(population, "population"), as_numbers(deaths, "deaths"),
    as_number(multiplier, "multiplier"), as_number(confidence, "confidence"), n, n, n
  )
  with_areas(area_names(population), intervals(made))
}

stp_wilson_interval <- function(numerator, denominator, confidence = 0.95) {
  numerator <- as_numbers(numerator, "numerator")
  n <- length(numerator)
  intervals(call_c(
    R_swig_stpfin_wilson_interval, numerator, as_numbers(denominator, "denominator"),
    as_number(confidence, "confidence"), n, n, n
  ))
}

stp_byar_interval <- function(numerator, denominator = NULL, confidence = 0.95) {
  numerator <- as_numbers(numerator, "numerator")
  n <- length(numerator)
  intervals(call_c(
    R_swig_stpfin_byar_interval, numerator,
    as_numbers(denominator, "denominator", optional = TRUE),
    as_number(confidence, "confidence"), n, n, n
  ))
}

transforms <- c("none", "log", "logit")

stp_slope_index <- function(population, value, standard_error = NULL,
                            transform = c("none", "log", "logit"), confidence = 0.95,
                            repetitions = 10000, seed = 1) {
  transform <- match(as_choice(transform, transforms, "transform"), transforms) - 1L
  made <- call_c(
    R_swig_stpfin_slope_index, as_numbers(population, "population"), as_numbers(value, "value"),
    as_numbers(standard_error, "standard_error", optional = TRUE), transform,
    as_number(confidence, "confidence"), as_whole(repetitions, "repetitions"),
    as_whole(seed, "seed")
  )
  one_row(made)
}

# A data frame of one row of a routine's numbers, missing where it gave none.
one_row <- function(made) {
  made <- made[nzchar(names(made))]
  names(made) <- sub("^out_", "", names(made))
  as.data.frame(lapply(made, function(x) if (is.nan(x)) NA_real_ else x))
}

stp_sobol_indices <- function(a, b, mixed, repetitions = 1000, seed = 1) {
  indices <- call_c(
    R_swig_stpfin_sobol_indices, as_numbers(a, "a"), as_numbers(b, "b"), as_numbers(mixed, "mixed"),
    as_whole(repetitions, "repetitions"), as_whole(seed, "seed"), 6
  )$indices
  names(indices) <- c("first_order", "first_lower", "first_upper", "total", "total_lower", "total_upper")
  as.data.frame(as.list(indices))
}

stp_rank_correlation <- function(x, y) {
  correlation <- call_c(R_swig_stpfin_rank_correlation, as_numbers(x, "x"), as_numbers(y, "y"))$out_correlation
  if (is.nan(correlation)) NA_real_ else correlation
}

indicator_kinds <- c("proportion", "rate", "ratio")
funnel_words <- c("much_lower", "lower", "as_expected", "higher", "much_higher")

kind_to_c <- function(kind) match(as_choice(kind, indicator_kinds, "kind"), indicator_kinds) - 1L

stp_funnel_variation <- function(numerator, denominator, kind = c("proportion", "rate", "ratio")) {
  one_row(call_c(
    R_swig_stpfin_funnel_variation, kind_to_c(kind), as_numbers(numerator, "numerator"),
    as_numbers(denominator, "denominator")
  ))
}

stp_funnel_limits <- function(denominator, centre, kind = c("proportion", "rate", "ratio"),
                              tau_squared = 0) {
  denominator <- as_numbers(denominator, "denominator")
  n <- length(denominator)
  made <- call_c(
    R_swig_stpfin_funnel_limits, kind_to_c(kind), denominator, as_number(centre, "centre"),
    as_number(tau_squared, "tau_squared"), n, n, n, n
  )
  data.frame(
    lower_998 = made$out_lower_998, lower_95 = made$out_lower_95,
    upper_95 = made$out_upper_95, upper_998 = made$out_upper_998
  )
}

stp_funnel_position <- function(numerator, denominator, centre,
                                kind = c("proportion", "rate", "ratio"), tau_squared = 0) {
  numerator <- as_numbers(numerator, "numerator")
  position <- call_c(
    R_swig_stpfin_funnel_position, kind_to_c(kind), numerator,
    as_numbers(denominator, "denominator"), as_number(centre, "centre"),
    as_number(tau_squared, "tau_squared"), length(numerator)
  )$out_position
  factor(funnel_words[position + 3], levels = funnel_words)
}
