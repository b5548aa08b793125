# Indicators of quality: places beside each other, and one on its way to a target.

# What an indicator is: its row of the table indicator.
find_indicator <- function(projection, indicator) {
  indicators <- stp_table(plan_of(projection), "indicator")
  if (nrow(indicators) == 0) {
    stop_argument("the plan has no indicators: see stp_describe(\"indicator\")")
  }
  indicator <- as_text(indicator, "indicator", optional = TRUE)
  if (is.null(indicator)) {
    indicator <- as.character(indicators$indicator[1])
  }
  if (!indicator %in% indicators$indicator) {
    stop_argument("'", indicator, "' is no indicator of the plan: there are ",
      paste(indicators$indicator, collapse = ", "))
  }
  row <- indicators[indicators$indicator == indicator, ]
  row$multiplier[is.na(row$multiplier)] <- 1
  row
}

indicator_title <- function(indicator, ...) {
  paste(strwrap(paste0(indicator$name, ", ", ...), 62), collapse = "\n")
}

positions <- c("within the limits", "outside 95%", "outside 99.8%")

plot_funnel <- function(projection, indicator, year) {
  indicator <- find_indicator(projection, indicator)
  code <- as.character(indicator$indicator)
  counts <- stp_table(plan_of(projection), "indicator_value")
  counts <- counts[counts$indicator == code & !is.na(counts$denominator) & counts$denominator > 0, ]
  if (nrow(counts) == 0) {
    stop_argument("the plan has no values of ", code)
  }
  year <- if (is.null(year)) max(counts$year) else as_year(year, "year")
  counts <- counts[counts$year == year, ]
  if (nrow(counts) == 0) {
    stop_argument(code, " was not observed in ", year_label(year))
  }
  kind <- as.character(indicator$kind)
  wide <- asked_of(projection)$overdispersion
  variation <- stp_funnel_variation(counts$numerator, counts$denominator, kind)
  tau_squared <- if (wide) variation$tau_squared else 0
  counts$value <- indicator$multiplier * counts$numerator / counts$denominator
  position <- stp_funnel_position(counts$numerator, counts$denominator, variation$centre, kind, tau_squared)
  counts$position <- factor(positions[1 + abs(as.integer(position) - 3)], positions)
  # The farthest first, so that its name is the one that stays where names overlap.
  named <- counts[counts$position == positions[3], ]
  named <- named[order(-abs(named$value - indicator$multiplier * variation$centre)), ]
  named$label <- short(label_codes(named$footprint, labels_of(plan_of(projection))), 26)
  at <- seq(0.9 * min(counts$denominator), 1.05 * max(counts$denominator), length.out = 200)
  limits <- stp_funnel_limits(at, variation$centre, kind, tau_squared)
  lines <- data.frame(
    at = rep(at, 4), value = indicator$multiplier * unlist(limits, use.names = FALSE),
    line = rep(names(limits), each = length(at)),
    limit = factor(rep(c("99.8% limit", "95% limit", "95% limit", "99.8% limit"), each = length(at)),
      levels = c("95% limit", "99.8% limit")
    )
  )
  most <- max(at)
  # To the left of a point where there is no room to the right of it.
  side <- ifelse(named$denominator > 0.65 * most, 1, 0)
  by <- if (most >= 2e6) 1e6 else if (most >= 2e4) 1e3 else 1
  ggplot2::ggplot(counts, ggplot2::aes(x = .data$denominator / by, y = .data$value)) +
    ggplot2::geom_hline(yintercept = indicator$multiplier * variation$centre, linewidth = 0.4) +
    ggplot2::geom_line(data = lines, colour = "grey50", linewidth = 0.5, ggplot2::aes(
      x = .data$at / by, group = .data$line, linetype = .data$limit
    )) +
    ggplot2::geom_point(ggplot2::aes(colour = .data$position, shape = .data$position), size = 2.2) +
    ggplot2::geom_text(
      data = named, ggplot2::aes(label = .data$label), check_overlap = TRUE, hjust = side, size = 2.9,
      nudge_x = (1 - 2 * side) * 0.012 * most / by
    ) +
    ggplot2::scale_linetype_manual(values = c("95% limit" = "22", "99.8% limit" = "solid")) +
    ggplot2::scale_colour_manual(drop = FALSE, values = structure(
      unname(colours[c("grey", "blue", "vermilion")]), names = positions
    )) +
    ggplot2::scale_shape_manual(drop = FALSE, values = structure(c(16, 17, 15), names = positions)) +
    ggplot2::scale_x_continuous(
      labels = function(x) number(x, if (by == 1e6) 1 else 0)
    ) +
    ggplot2::labs(
      title = indicator_title(indicator, year_label(year)),
      subtitle = paste0(
        indicator$direction, " is better; limits about England's value ",
        if (wide) "with allowance for overdispersion" else "as chance alone would have them"
      ),
      x = paste0("number measured", if (by == 1e6) ", million" else if (by == 1e3) ", thousand"),
      y = as.character(indicator$unit)
    ) +
    plain_theme()
}

plot_quality <- function(projection, indicator, place) {
  indicator <- find_indicator(projection, indicator)
  code <- as.character(indicator$indicator)
  place <- if (is.null(place)) "England" else place
  path <- stp_result(projection, "quality_gap", FALSE)
  path <- path[path$indicator == code, ]
  check_place(place, path$footprint, paste("footprint with values of", code))
  path <- path[path$footprint == place, ]
  path$scenario <- words(path$scenario)
  counts <- stp_table(plan_of(projection), "indicator_value")
  observed <- path[path$scenario == levels(path$scenario)[1] & path$year %in% counts$year[counts$indicator == code], ]
  chart <- ggplot2::ggplot(path, ggplot2::aes(x = .data$year, y = .data$value)) +
    ggplot2::geom_ribbon(
      data = path[!is.na(path$lower), ], fill = "grey60", alpha = 0.25,
      ggplot2::aes(ymin = .data$lower, ymax = .data$upper, group = .data$scenario)
    ) +
    scenario_lines(path$scenario) +
    ggplot2::geom_point(data = observed, ggplot2::aes(shape = "observed"), size = 2.4) +
    year_axis(path$year) +
    ggplot2::labs(
      title = indicator_title(indicator, place_label(projection, place)),
      subtitle = paste(indicator$direction, "is better; shaded: 95% interval; the scale does not begin at nought"),
      x = NULL, y = as.character(indicator$unit)
    ) +
    plain_theme()
  if (!is.na(indicator$target)) {
    chart <- chart +
      ggplot2::geom_hline(ggplot2::aes(yintercept = .data$target, linetype = "target"), linewidth = 0.6) +
      ggplot2::scale_linetype_manual(values = "22")
  }
  chart
}
