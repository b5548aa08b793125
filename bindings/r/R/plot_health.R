# Life expectancy and its like, and their inequality.

health_units <- c(
  life_expectancy = "years", healthy_life_expectancy = "years",
  standardised_rate = "deaths per 100,000", standardised_ratio = "ratio to England",
  years_of_life_lost = "years lost per 100,000 under 75"
)

# Women and men apart where they are known so.
by_sex <- function(data) {
  apart <- data$sex %in% c("female", "male")
  data <- data[if (any(apart)) apart else rep(TRUE, nrow(data)), ]
  data$sex <- factor(data$sex, c("female", "male", "persons"), labels = c("women", "men", "persons"))
  data
}

plot_health <- function(projection, place, year, measure) {
  measure <- as_choice(measure, names(health_units), "measure")
  health <- stp_result(projection, "health_gap", FALSE)
  health <- by_sex(health[health$measure == measure, ])
  if (nrow(health) == 0) {
    stop_argument("the plan has nothing that ", measure, " is made of: see stp_describe(\"mortality\")")
  }
  title <- paste0(toupper(substr(measure, 1, 1)), gsub("_", " ", substring(measure, 2)))
  if (is.null(place)) {
    plot_health_places(projection, health, year, title, health_units[[measure]])
  } else {
    check_place(place, health$footprint, "footprint with deaths, nor England")
    plot_health_path(projection, health[health$footprint == place, ], title, health_units[[measure]], place)
  }
}

# Every footprint beside the comparator, in one year of the last scenario.
plot_health_places <- function(projection, health, year, title, unit) {
  year <- if (is.null(year)) max(health$year) else as_year(year, "year")
  scenario <- utils::tail(c("do_nothing", asked_of(projection)$scenarios), 1)
  places <- health[health$year == year & health$scenario == scenario & health$footprint != "England", ]
  if (nrow(places) == 0) {
    stop_argument(year_label(year), " is no year that deaths are projected for")
  }
  compared <- places[!is.na(places$comparator), ]
  # An interval that holds the comparator tells nothing.
  told <- (places$lower > places$comparator | places$upper < places$comparator) %in% TRUE
  places$stand <- factor(
    ifelse(!told, "not told apart", ifelse(places$gap > 0, "worse", "better")),
    c("worse", "not told apart", "better")
  )
  mean <- tapply(places$value, as.character(places$footprint), mean)
  # The best stand highest.
  order <- names(sort(mean, decreasing = unit != "years"))
  places$place <- places_in_order(projection, places$footprint, order)
  ggplot2::ggplot(places, ggplot2::aes(x = .data$value, y = .data$place)) +
    ggplot2::geom_segment(
      data = places[!is.na(places$lower), ], linewidth = 0.6, ggplot2::aes(
        x = .data$lower, xend = .data$upper, yend = .data$place, colour = .data$stand
      )
    ) +
    ggplot2::geom_point(ggplot2::aes(colour = .data$stand, shape = .data$stand), size = 1.8) +
    ggplot2::facet_wrap(ggplot2::vars(.data$sex), scales = "free_x") +
    stand_scales() +
    ggplot2::labs(
      title = paste0(title, ", ", year_label(year), ", ", unit),
      subtitle = paste0(
        gsub("_", " ", scenario), "; bars are 95% intervals",
        if (nrow(compared) > 0) paste0(", the line is ", comparator_words[[asked_of(projection)$comparator]])
      ),
      x = unit, y = NULL
    ) +
    ggplot2::geom_vline(
      data = compared, ggplot2::aes(xintercept = .data$comparator), linewidth = 0.4
    ) +
    sideways_theme()
}

# Places by the names they have in the plan, as they are to stand.
places_in_order <- function(projection, places, order) {
  factor(places, order, make.unique(short(label_codes(order, labels_of(plan_of(projection))))))
}

stand_scales <- function() {
  list(
    ggplot2::scale_colour_manual(drop = FALSE, values = c(
      "worse" = colours[["vermilion"]], "not told apart" = colours[["grey"]], "better" = colours[["blue"]]
    )),
    ggplot2::scale_shape_manual(drop = FALSE, values = c("worse" = 17, "not told apart" = 16, "better" = 15))
  )
}

# One footprint year by year, and the gap that is left.
plot_health_path <- function(projection, health, title, unit, place) {
  health$scenario <- words(health$scenario)
  comparator <- health[health$scenario == levels(health$scenario)[1], ]
  known <- comparator[!is.na(comparator$lower), ]
  last <- health[health$year == max(health$year) & health$scenario == utils::tail(levels(health$scenario), 1), ]
  chart <- ggplot2::ggplot(health, ggplot2::aes(x = .data$year, y = .data$value)) +
    ggplot2::geom_ribbon(
      data = known, ggplot2::aes(ymin = .data$lower, ymax = .data$upper), fill = "grey92"
    ) +
    scenario_lines(health$scenario) +
    ggplot2::facet_wrap(ggplot2::vars(.data$sex), scales = "free_y") +
    year_axis(health$year, 3) +
    ggplot2::labs(
      title = paste0(title, ", ", place_label(projection, place), ", ", unit),
      subtitle = paste0(
        if (nrow(known) > 0) "shaded: 95% interval; ", "scales do not begin at nought"
      ),
      x = NULL, y = unit
    ) +
    plain_theme()
  if (place == "England" || all(is.na(last$gap))) {
    return(chart)
  }
  beside <- comparator_words[[asked_of(projection)$comparator]]
  chart +
    ggplot2::geom_line(
      data = comparator, ggplot2::aes(y = .data$comparator, linetype = "comparator"), linewidth = 0.6
    ) +
    ggplot2::scale_linetype_manual(values = "22", labels = beside) +
    ggplot2::geom_linerange(
      data = last, linewidth = 0.4, ggplot2::aes(ymin = .data$value, ymax = .data$comparator)
    ) +
    ggplot2::geom_text(
      data = last, hjust = 1.1, size = 3.4, ggplot2::aes(
        y = (.data$value + .data$comparator) / 2,
        label = paste("gap", number(.data$gap, if (unit == "ratio to England") 2 else 1))
      )
    )
}

# Values by deprivation, and the line whose slope is the index.
plot_inequality <- function(projection, place) {
  bands <- stp_table(plan_of(projection), "deprivation")
  if (nrow(bands) == 0) {
    stop_argument("the plan has no table deprivation")
  }
  if (is.null(place)) {
    return(plot_slopes(projection))
  }
  check_place(place, bands$footprint, "footprint with deprivation")
  bands <- bands[bands$footprint == place, ]
  bands <- bands[order(bands$measure, bands$quantile), ]
  by_measure <- split(bands, droplevels(bands$measure))
  bands <- do.call(rbind, lapply(by_measure, function(band) {
    # As the result has it: 2,000 repetitions of seed 1.
    index <- stp_slope_index(
      band$population, band$value, if (!anyNA(band$standard_error)) band$standard_error,
      repetitions = 2000
    )
    share <- band$population / sum(band$population)
    interval <- if (!is.na(index$slope_lower)) {
      paste0(" (", number(index$slope_lower), " to ", number(index$slope_upper), ")")
    }
    cbind(band,
      rank = cumsum(share) - share / 2, intercept = index$intercept, slope = index$slope,
      panel = paste0(gsub("_", " ", band$measure), ": ", number(index$slope), interval)
    )
  }))
  ggplot2::ggplot(bands, ggplot2::aes(x = 100 * .data$rank, y = .data$value)) +
    ggplot2::geom_segment(
      data = bands[!duplicated(bands$panel), ], colour = colours[["vermilion"]], linewidth = 0.8,
      ggplot2::aes(x = 0, xend = 100, y = .data$intercept, yend = .data$intercept + .data$slope)
    ) +
    ggplot2::geom_linerange(
      data = bands[!is.na(bands$standard_error), ], colour = colours[["blue"]], ggplot2::aes(
        ymin = .data$value - stats::qnorm(0.975) * .data$standard_error,
        ymax = .data$value + stats::qnorm(0.975) * .data$standard_error
      )
    ) +
    ggplot2::geom_point(colour = colours[["blue"]], size = 2) +
    ggplot2::facet_wrap(ggplot2::vars(.data$panel)) +
    ggplot2::labs(
      title = paste0("Inequality in health, ", place_label(projection, place)),
      subtitle = "with the slope index of inequality: how far the line leads, and its 95% interval",
      x = "% of people, the most deprived first", y = deprivation_unit(bands$measure)
    ) +
    plain_theme()
}

deprivation_unit <- function(measures) if (all(grepl("life_expectancy", measures))) "years"

# The slope of every footprint.
plot_slopes <- function(projection) {
  slopes <- stp_result(projection, "health_gap", FALSE)
  slopes <- by_sex(slopes[slopes$measure == "slope_index" & slopes$scenario == "do_nothing", ])
  mean <- tapply(abs(slopes$value), as.character(slopes$footprint), mean)
  order <- names(sort(-mean))
  slopes$place <- places_in_order(projection, slopes$footprint, order)
  ggplot2::ggplot(slopes, ggplot2::aes(x = .data$value, y = .data$place)) +
    ggplot2::geom_segment(
      data = slopes[!is.na(slopes$lower), ], colour = colours[["blue"]], linewidth = 0.6,
      ggplot2::aes(x = .data$lower, xend = .data$upper, yend = .data$place)
    ) +
    ggplot2::geom_point(colour = colours[["blue"]], size = 1.8) +
    ggplot2::facet_wrap(ggplot2::vars(.data$sex)) +
    ggplot2::expand_limits(x = 0) +
    ggplot2::labs(
      title = "Slope index of inequality",
      subtitle = "from the most to the least deprived; bars are 95% intervals",
      x = deprivation_unit(stp_table(plan_of(projection), "deprivation")$measure), y = NULL
    ) +
    sideways_theme()
}
