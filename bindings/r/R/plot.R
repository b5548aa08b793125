# Plots, by ggplot2. Colours are Okabe and Ito's, which the colour-blind tell apart.

utils::globalVariables(".data")

colours <- c(
  blue = "#0072B2", orange = "#E69F00", green = "#009E73", vermilion = "#D55E00",
  purple = "#CC79A7", sky = "#56B4E9", yellow = "#F0E442", grey = "#777777"
)

# Pounds in the unit that suits the largest of them.
money_scale <- function(x) {
  most <- max(abs(x), 0, na.rm = TRUE)
  if (most >= 1e9) {
    list(by = 1e9, unit = "\u00a3bn")
  } else if (most >= 1e6) {
    list(by = 1e6, unit = "\u00a3m")
  } else {
    list(by = 1e3, unit = "\u00a3 thousand")
  }
}

number <- function(x, digits = 1) {
  formatC(x, format = "f", digits = digits, big.mark = ",")
}

change <- function(x) ifelse(abs(x) < 0.05, "0.0", paste0(ifelse(x < 0, "-", "+"), number(abs(x))))

# Scenario names as people write them.
words <- function(x) {
  x <- gsub("_", " ", as.character(x))
  factor(x, levels = unique(x))
}

plain_theme <- function() {
  ggplot2::theme_minimal(base_size = 12) + ggplot2::theme(
    legend.position = "top", legend.justification = "left", legend.title = ggplot2::element_blank(),
    panel.grid.minor = ggplot2::element_blank(), panel.grid.major.x = ggplot2::element_blank(),
    plot.title.position = "plot", plot.margin = ggplot2::margin(8, 24, 8, 8),
    panel.spacing.x = ggplot2::unit(2, "lines"), strip.text = ggplot2::element_text(hjust = 0, face = "bold"),
    plot.background = ggplot2::element_rect(fill = "white", colour = NA)
  )
}

# Of charts whose places are rows.
sideways_theme <- function() {
  plain_theme() + ggplot2::theme(
    panel.grid.major.y = ggplot2::element_blank(), axis.text.y = ggplot2::element_text(size = 8),
    panel.grid.major.x = ggplot2::element_line(colour = "grey92")
  )
}

# Names that fit beside a chart.
short <- function(x, most = 32) {
  ifelse(nchar(x) > most, paste0(trimws(substr(x, 1, most - 3)), "..."), x)
}

# Years on an axis, as many as fit beside each other.
year_axis <- function(years, most = 6) {
  years <- sort(unique(years))
  shown <- years[unique(round(seq(1, length(years), length.out = min(most, length(years)))))]
  ggplot2::scale_x_continuous(breaks = shown, labels = year_label(shown))
}

# What a plan calls its codes.
labels_of <- function(plan) {
  named <- lapply(c("footprint", "organisation", "scheme"), function(name) {
    table <- stp_table(plan, name)
    structure(as.character(table$name), names = as.character(table[[name]]))
  })
  labels <- unlist(named)
  labels[!is.na(labels)]
}

# The label of each code, itself where it has none.
label_codes <- function(codes, labels) {
  codes <- as.character(codes)
  known <- codes %in% names(labels)
  codes[known] <- labels[codes[known]]
  codes
}

place_label <- function(projection, place) {
  if (is.null(place)) "England" else label_codes(place, labels_of(plan_of(projection)))
}

plot_kinds <- c("gap", "activity", "beds", "map", "health", "inequality", "funnel", "quality")

autoplot.stp_projection <- function(object, what = c("gap", "activity", "beds", "map", "health",
                                                     "inequality", "funnel", "quality"),
                                    place = NULL, year = NULL, per_head = TRUE,
                                    measure = "life_expectancy", indicator = NULL, ...) {
  what <- as_choice(what, plot_kinds, "what")
  place <- as_text(place, "place", optional = TRUE)
  switch(what,
    gap = plot_gap(object, if (is.null(place)) "England" else place),
    activity = plot_activity(object, place),
    beds = plot_beds(object, place),
    map = plot_map(object, year, per_head),
    health = plot_health(object, place, year, as_text(measure, "measure")),
    inequality = plot_inequality(object, place),
    funnel = plot_funnel(object, indicator, year),
    quality = plot_quality(object, indicator, place)
  )
}

plot.stp_projection <- function(x, ...) show_plot(x, ...)
plot.stp_bridge <- function(x, ...) show_plot(x, ...)
plot.stp_comparison <- function(x, ...) show_plot(x, ...)
plot.stp_allocation <- function(x, ...) show_plot(x, ...)
plot.stp_portfolio <- function(x, ...) show_plot(x, ...)
plot.stp_sensitivity <- function(x, ...) show_plot(x, ...)
plot.stp_simulation <- function(x, ...) show_plot(x, ...)

show_plot <- function(x, ...) {
  need_package("ggplot2", "a plot")
  chart <- ggplot2::autoplot(x, ...)
  print(chart)
  invisible(chart)
}

prices_words <- function(projection) {
  if (asked_of(projection)$prices == "cash") {
    "prices of each year"
  } else {
    paste("prices of", year_label(settings_of(plan_of(projection))$base_year))
  }
}

check_place <- function(place, places, kind) {
  if (!place %in% places) {
    stop_argument("'", place, "' is no ", kind)
  }
}

plot_gap <- function(projection, place) {
  gaps <- stp_result(projection, "funding_gap", FALSE)
  check_place(place, gaps$footprint, "footprint of the projection, nor England")
  gaps <- gaps[gaps$footprint == place, ]
  scale <- money_scale(gaps$gap)
  gaps$scenario <- words(gaps$scenario)
  gaps$money <- gaps$gap / scale$by
  total <- gaps[gaps$component == "total", ]
  parts <- gaps[gaps$component %in% c("commissioner", "provider", "council"), ]
  parts$component <- factor(parts$component, c("commissioner", "provider", "council"),
    labels = c("commissioners", "providers", "councils")
  )
  last <- total[total$year == max(total$year), ]
  ggplot2::ggplot(parts, ggplot2::aes(x = .data$year, y = .data$money)) +
    ggplot2::geom_col(ggplot2::aes(fill = .data$component), width = 0.7) +
    ggplot2::geom_hline(yintercept = 0, linewidth = 0.3) +
    ggplot2::geom_line(data = total, ggplot2::aes(linetype = "total"), linewidth = 0.6) +
    ggplot2::geom_point(data = total, size = 1.6) +
    ggplot2::geom_text(
      data = last, ggplot2::aes(label = number(.data$money)), vjust = -0.8, size = 3.6
    ) +
    ggplot2::facet_wrap(ggplot2::vars(.data$scenario)) +
    ggplot2::scale_fill_manual(values = unname(colours[c("blue", "orange", "green")])) +
    ggplot2::scale_y_continuous(expand = ggplot2::expansion(mult = c(0.05, 0.12))) +
    year_axis(total$year, max(2, 6 %/% nlevels(gaps$scenario))) +
    ggplot2::labs(
      title = paste0("Funding gap, ", place_label(projection, place), ", ", scale$unit),
      subtitle = paste0("cost less income, ", prices_words(projection), "; above the line is a shortfall"),
      x = NULL, y = scale$unit
    ) +
    plain_theme()
}

# The rows of a place: of England all, of an organisation those it is named in.
rows_of_place <- function(data, place, columns) {
  if (is.null(place) || place == "England") {
    return(data)
  }
  here <- Reduce(`|`, lapply(columns, function(column) data[[column]] == place))
  if (!any(here)) {
    stop_argument("'", place, "' is no organisation of this result: name one, or England")
  }
  data[here, ]
}

plot_activity <- function(projection, place) {
  activity <- stp_result(projection, "activity", FALSE)
  activity <- rows_of_place(activity, place, c("commissioner", "provider"))
  activity <- stats::aggregate(activity ~ scenario + service + year, activity, sum)
  services <- stp_table(plan_of(projection), "service")
  labels <- ifelse(is.na(services$name), as.character(services$service), services$name)
  most <- tapply(activity$activity, activity$service, max)
  most <- most[!is.na(most)]
  by <- ifelse(most >= 2e6, 1e6, ifelse(most >= 2e3, 1e3, 1))
  unit <- ifelse(by == 1e6, "million", ifelse(by == 1e3, "thousand", "units"))
  at <- match(activity$service, names(most))
  activity$amount <- activity$activity / by[at]
  labels <- labels[match(names(most), services$service)]
  name <- vapply(paste0(labels, " (", unit, ")"), function(label) {
    paste(strwrap(label, 36), collapse = "\n")
  }, "")
  activity$service <- factor(name[at], levels = name)
  activity$scenario <- words(activity$scenario)
  ggplot2::ggplot(activity, ggplot2::aes(x = .data$year, y = .data$amount)) +
    scenario_lines(activity$scenario) +
    ggplot2::facet_wrap(ggplot2::vars(.data$service), scales = "free_y") +
    year_axis(activity$year, 2) +
    ggplot2::labs(
      title = paste0("Activity, ", place_label(projection, place)),
      subtitle = "units a year; scales do not begin at nought", x = NULL, y = NULL
    ) +
    plain_theme()
}

# A line a scenario; do nothing is broad, so that what lies on it does not hide it.
scenario_lines <- function(scenario) {
  n <- nlevels(scenario)
  alone <- n == 1
  strong <- unname(colours[c("blue", "vermilion", "green", "purple", "orange", "sky")])
  list(
    ggplot2::geom_line(ggplot2::aes(colour = .data$scenario, linewidth = .data$scenario)),
    ggplot2::scale_colour_manual(values = c(if (alone) strong[1] else "grey70", rep_len(strong, n - 1))),
    ggplot2::scale_linewidth_manual(values = c(if (alone) 0.9 else 2.6, rep(0.9, n - 1)))
  )
}

plot_beds <- function(projection, place) {
  beds <- stp_result(projection, "resource", FALSE)
  beds <- beds[beds$resource == "bed", ]
  beds <- rows_of_place(beds, place, "organisation")
  if (nrow(beds) == 0) {
    stop_argument("the plan has no beds: services have no length_of_stay")
  }
  sum_known <- function(x) if (all(is.na(x))) NA_real_ else sum(x, na.rm = TRUE)
  lines <- stats::aggregate(beds[c("needed", "supply")], beds[c("scenario", "year")], sum_known)
  there <- lines[lines$scenario == lines$scenario[1] & !is.na(lines$supply), ]
  lines$scenario <- words(lines$scenario)
  chart <- ggplot2::ggplot(lines, ggplot2::aes(x = .data$year, y = .data$needed)) +
    scenario_lines(lines$scenario) +
    ggplot2::scale_y_continuous(labels = function(x) number(x, 0)) +
    year_axis(lines$year) +
    ggplot2::labs(
      title = paste0("Beds needed, ", place_label(projection, place)),
      subtitle = "at the target occupancy; the scale does not begin at nought", x = NULL, y = "beds"
    ) +
    plain_theme()
  if (nrow(there) > 0) {
    chart <- chart +
      ggplot2::geom_step(
        data = there, ggplot2::aes(y = .data$supply, linetype = "beds there are"), linewidth = 0.6
      ) +
      ggplot2::scale_linetype_manual(values = "22")
  }
  chart
}

stp_boundaries <- function() {
  need_package("sf", "a map")
  path <- list.files(data_folder(), "^boundaries\\.geojson$", recursive = TRUE, full.names = TRUE)
  if (length(path) == 0) {
    stop_stpfin("file", "there are no boundaries in ", data_folder())
  }
  sf::st_read(path[1], quiet = TRUE, stringsAsFactors = FALSE)
}

plot_map <- function(projection, year, per_head) {
  need_package("sf", "a map")
  as_flag(per_head, "per_head")
  gaps <- stp_result(projection, "funding_gap", FALSE)
  gaps <- gaps[gaps$component == "total", ]
  year <- if (is.null(year)) max(gaps$year) else as_year(year, "year")
  if (!year %in% gaps$year) {
    stop_argument(year_label(year), " is no year of the projection")
  }
  areas <- stp_boundaries()
  gaps <- gaps[gaps$year == year & gaps$footprint %in% areas$footprint, ]
  if (nrow(gaps) == 0) {
    stop_argument("the plan has none of the footprints that there are boundaries of")
  }
  scale <- if (per_head) list(by = 1, unit = "\u00a3 per head") else money_scale(gaps$gap)
  scenarios <- levels(words(gaps$scenario))
  map <- do.call(rbind, lapply(unique(as.character(gaps$scenario)), function(scenario) {
    here <- gaps[gaps$scenario == scenario, ]
    at <- match(areas$footprint, here$footprint)
    areas$amount <- (if (per_head) here$gap_per_head else here$gap)[at] / scale$by
    areas$scenario <- factor(gsub("_", " ", scenario), levels = scenarios)
    areas
  }))
  ggplot2::ggplot(map) +
    ggplot2::geom_sf(ggplot2::aes(fill = .data$amount), colour = "white", linewidth = 0.15) +
    ggplot2::facet_wrap(ggplot2::vars(.data$scenario)) +
    ggplot2::scale_fill_gradient2(
      low = colours[["blue"]], mid = "#F7F7F7", high = colours[["vermilion"]], name = scale$unit,
      labels = function(x) number(x, if (max(abs(x), na.rm = TRUE) < 10) 1 else 0)
    ) +
    ggplot2::labs(
      title = paste0("Funding gap by footprint, ", year_label(year), ", ", scale$unit),
      subtitle = paste0(prices_words(projection), "; a positive gap is a shortfall")
    ) +
    plain_theme() +
    ggplot2::theme(
      legend.position = "right", axis.text = ggplot2::element_blank(),
      panel.grid.major = ggplot2::element_blank(), legend.title = ggplot2::element_text()
    )
}

autoplot.stp_bridge <- function(object, place = NULL, year = NULL, ...) {
  names <- attr(object, "labels", exact = TRUE)
  object <- as.data.frame(object)
  places <- unique(as.character(object$place))
  place <- as_text(place, "place", optional = TRUE)
  if (is.null(place)) {
    place <- if (length(places) == 1 || !"England" %in% places) places[1] else "England"
  }
  check_place(place, places, "place of this bridge")
  object <- object[object$place == place, ]
  year <- if (is.null(year)) max(object$year) else as_year(year, "year")
  steps <- object[object$year == year, ]
  if (nrow(steps) == 0) {
    stop_argument(year_label(year), " is no year of this bridge")
  }
  steps <- steps[order(steps$step), ]
  labels <- gsub("_", " ", label_codes(steps$group, names))
  labels[c(1, nrow(steps))] <- c("gap at start", "gap at end")
  draw_waterfall(steps$amount, labels) + ggplot2::labs(
    title = paste0("What leads from one gap to the other, ", label_codes(place, names), ", ", year_label(year)),
    subtitle = paste0(
      money_scale(cumsum(steps$amount[-nrow(steps)]))$unit, ", prices of the year; a positive gap is a shortfall"
    )
  )
}

# Steps from the first gap to the last; of each perhaps between what it lies.
draw_waterfall <- function(amount, labels, lower = NULL, upper = NULL) {
  scale <- money_scale(cumsum(amount[-length(amount)]))
  n <- length(amount)
  ends <- c(1, n)
  amount <- amount / scale$by
  to <- c(cumsum(amount[-n]), amount[n])
  from <- c(0, to[-c(n - 1, n)], 0)
  kind <- ifelse(amount > 0, "adds to the gap", "closes gap")
  kind[ends] <- "gap"
  spread <- !is.null(lower)
  lower <- from + if (spread) lower / scale$by else amount
  upper <- from + if (spread) upper / scale$by else amount
  bars <- data.frame(
    label = factor(make.unique(labels), levels = rev(make.unique(labels))),
    from = from, to = to, lower = lower, upper = upper, at = pmax(from, to, upper),
    text = c(number(amount[1]), change(amount[-ends]), number(amount[n])),
    kind = factor(kind, c("gap", "adds to the gap", "closes gap"))
  )
  bars$y <- n + 1 - seq_len(n)
  ggplot2::ggplot(bars) +
    ggplot2::geom_segment(
      data = bars[-n, ], colour = "grey60", linewidth = 0.3,
      ggplot2::aes(x = .data$to, xend = .data$to, y = .data$y, yend = .data$y - 1)
    ) +
    ggplot2::geom_rect(ggplot2::aes(
      xmin = .data$from, xmax = .data$to, ymin = .data$y - 0.35, ymax = .data$y + 0.35, fill = .data$kind
    )) +
    (if (spread) {
      ggplot2::geom_errorbarh(
        ggplot2::aes(xmin = .data$lower, xmax = .data$upper, y = .data$y), height = 0.25, linewidth = 0.4
      )
    }) +
    ggplot2::geom_text(
      ggplot2::aes(x = .data$at, y = .data$y, label = .data$text),
      hjust = -0.15, size = 3.6
    ) +
    ggplot2::geom_vline(xintercept = 0, linewidth = 0.3) +
    ggplot2::scale_fill_manual(
      values = c(
        "gap" = colours[["grey"]], "adds to the gap" = colours[["vermilion"]],
        "closes gap" = colours[["blue"]]
      )
    ) +
    ggplot2::scale_x_continuous(expand = ggplot2::expansion(mult = c(0.02, 0.14))) +
    ggplot2::scale_y_continuous(breaks = bars$y, labels = make.unique(labels)) +
    ggplot2::labs(x = scale$unit, y = NULL) +
    plain_theme() +
    ggplot2::theme(
      panel.grid.major.y = ggplot2::element_blank(),
      panel.grid.major.x = ggplot2::element_line(colour = "grey92")
    )
}

autoplot.stp_comparison <- function(object, ...) autoplot.stp_bridge(object$bridge, ...)
