# How measures spread over draws, and what moves them.

autoplot.stp_simulation <- function(object, what = c("fan", "s_curve", "odds", "bridge"), place = NULL,
                                    year = NULL, measure = NULL, scenario = NULL, most = 50, ...) {
  what <- as_choice(what, c("fan", "s_curve", "odds", "bridge"), "what")
  place <- as_text(place, "place", optional = TRUE)
  switch(what,
    fan = plot_fan(object, place, measure, scenario),
    s_curve = plot_s_curve(object, place, year, measure, scenario),
    odds = plot_odds(object, year, measure, scenario, as_whole(most, "most")),
    bridge = plot_bridge_spread(object, place, year, scenario)
  )
}

# What a measure is called, with its keys, and where.
measure_title <- function(x, rows, with_place = TRUE) {
  measure <- as.character(rows$measure[1])
  name <- strsplit(sub("\\[.*", "", measure), ".", fixed = TRUE)[[1]]
  keys <- if (grepl("[", measure, fixed = TRUE)) strsplit(sub(".*\\[(.*)\\]$", "\\1", measure), ";")[[1]]
  title <- if (endsWith(name[1], name[2])) name[1] else paste(name[1], name[2])
  title <- paste(c(gsub("_", " ", title), gsub("_", " ", sub("^[^=]*=", "", keys))), collapse = ", ")
  substr(title, 1, 1) <- toupper(substr(title, 1, 1))
  if (with_place) paste0(title, ", ", label_codes(rows$place[1], labels_of(plan_of(x)))) else title
}

# All scenarios, or those asked for.
in_scenarios <- function(rows, scenario) {
  if (is.null(scenario)) {
    return(rows)
  }
  for (name in as_texts(scenario, "scenario")) {
    scenario_of(rows, name)
  }
  rows[rows$scenario %in% scenario, ]
}

spread_bands <- list("90% of draws" = c("p5", "p95"), "80%" = c("p10", "p90"), "50%" = c("p25", "p75"))

plot_fan <- function(x, place, measure, scenario) {
  rows <- figures_of(x, in_scenarios(x$simulation, scenario), measure, place)
  scale <- measure_scale(rows$measure[1], rows[c("central", "p5", "p95")])
  rows$scenario <- words(rows$scenario)
  bands <- do.call(rbind, lapply(names(spread_bands), function(name) {
    ends <- spread_bands[[name]]
    data.frame(
      scenario = rows$scenario, year = rows$year, band = name,
      lower = rows[[ends[1]]] / scale$by, upper = rows[[ends[2]]] / scale$by
    )
  }))
  bands$band <- factor(bands$band, levels = names(spread_bands))
  lines <- data.frame(
    scenario = rows$scenario, year = rows$year, value = c(rows$central, rows$mean) / scale$by,
    line = rep(c("as the plan stands", "mean of the draws"), each = nrow(rows))
  )
  ggplot2::ggplot(lines, ggplot2::aes(x = .data$year)) +
    ggplot2::geom_ribbon(
      data = bands, ggplot2::aes(ymin = .data$lower, ymax = .data$upper, fill = .data$band)
    ) +
    ggplot2::geom_hline(yintercept = 0, linewidth = 0.3) +
    ggplot2::geom_line(ggplot2::aes(y = .data$value, linetype = .data$line), linewidth = 0.7) +
    ggplot2::facet_wrap(ggplot2::vars(.data$scenario)) +
    ggplot2::scale_fill_manual(values = c("#D6E6F2", "#A9CCE6", "#6FAAD6")) +
    ggplot2::scale_linetype_manual(values = c("solid", "22")) +
    year_axis(rows$year, max(2, 6 %/% nlevels(rows$scenario))) +
    ggplot2::labs(
      title = paste0(measure_title(x, rows), spaced(scale$unit)), subtitle = draws_words(x, scale), x = NULL,
      y = scale$unit
    ) +
    plain_theme()
}

draws_words <- function(x, scale) {
  total <- summary(x)
  paste0(
    count(total$end - total$first, "draw"), if (grepl("\u00a3", scale$unit)) paste0(", ", prices_words(x))
  )
}

# The draws of the figures in some rows of the table simulation, long.
draws_of <- function(x, rows) {
  draws <- x$draws[, as.integer(row.names(rows)), drop = FALSE]
  n <- nrow(draws)
  data.frame(
    scenario = rep(rows$scenario, each = n), value = as.vector(apply(draws, 2, sort, na.last = TRUE)),
    share = rep(seq_len(n) / n, nrow(rows))
  )
}

plot_s_curve <- function(x, place, year, measure, scenario) {
  rows <- figures_of(x, in_scenarios(x$simulation, scenario), measure, place)
  rows <- rows[rows$year == year_of(rows, year), ]
  curves <- draws_of(x, rows)
  scale <- measure_scale(rows$measure[1], curves$value)
  label <- paste0(gsub("_", " ", rows$scenario), ", ", percent(rows$probability_closed), " at 0 or less")
  curves$scenario <- factor(curves$scenario, levels = rows$scenario, labels = label)
  curves$value <- curves$value / scale$by
  marks <- data.frame(
    scenario = factor(label, levels = label), value = c(rows$central / scale$by, rep(0, nrow(rows))),
    share = c(share_at(curves, label, rows$central / scale$by), rows$probability_closed),
    mark = rep(c("as the plan stands", "at 0"), each = nrow(rows))
  )
  ggplot2::ggplot(curves, ggplot2::aes(x = .data$value, y = .data$share, colour = .data$scenario)) +
    ggplot2::geom_vline(xintercept = 0, linewidth = 0.3) +
    ggplot2::geom_step(linewidth = 0.8) +
    ggplot2::geom_point(data = marks, ggplot2::aes(shape = .data$mark), size = 3) +
    ggplot2::scale_shape_manual(values = c(18, 16)) +
    ggplot2::scale_colour_manual(values = rep_len(unname(colours), nrow(rows))) +
    ggplot2::scale_y_continuous(labels = percent, limits = c(0, 1)) +
    ggplot2::guides(colour = ggplot2::guide_legend(nrow = min(nrow(rows), 3), order = 1)) +
    ggplot2::labs(
      title = paste0(measure_title(x, rows), ", ", year_label(rows$year[1]), spaced(scale$unit)),
      subtitle = paste0("share of draws with at most as much; ", draws_words(x, scale)), x = scale$unit, y = NULL
    ) +
    plain_theme()
}

# The share of a curve's draws that are at most as much.
share_at <- function(curves, label, value) {
  vapply(seq_along(label), function(i) {
    mean(curves$value[curves$scenario == label[i]] <= value[i])
  }, 0)
}

plot_odds <- function(x, year, measure, scenario, most) {
  rows <- x$simulation
  rows <- rows[rows$scenario == scenario_of(rows, scenario), ]
  measure <- as.character(figures_of(x, rows, measure, NULL)$measure[1])
  rows <- rows[rows$measure == measure, ]
  rows <- rows[rows$year == year_of(rows, year) & !is.na(rows$probability_closed), ]
  n <- nrow(rows)
  rows <- utils::head(rows[order(rows$probability_closed), ], most)
  labels <- make.unique(short(label_codes(rows$place, labels_of(plan_of(x)))))
  # Of a share near 0 or 1 the interval is not that of its standard error.
  draws <- nrow(x$draws)
  within <- stp_wilson_interval(round(rows$probability_closed * draws), rep(draws, nrow(rows)))
  rows$lower <- within$lower
  rows$upper <- within$upper
  rows$label <- factor(labels, levels = rev(labels))
  ggplot2::ggplot(rows, ggplot2::aes(x = .data$probability_closed, y = .data$label)) +
    ggplot2::geom_errorbarh(
      ggplot2::aes(xmin = .data$lower, xmax = .data$upper), height = 0.4, colour = colours[["blue"]]
    ) +
    ggplot2::geom_point(colour = colours[["blue"]], size = 1.8) +
    ggplot2::scale_x_continuous(labels = percent, limits = c(0, 1)) +
    ggplot2::labs(
      title = paste0(
        measure_title(x, rows, FALSE), " closed, ", gsub("_", " ", rows$scenario[1]), ", ", year_label(rows$year[1])
      ),
      subtitle = paste0(
        "share of ", count(draws, "draw"), " of 0 or less, with its 95% interval",
        if (n > most) paste0("; the ", most, " least likely of ", n, " places")
      ),
      x = NULL, y = NULL
    ) +
    sideways_theme()
}

# The keys of a measure of the bridge.
bridge_steps <- function(measure) {
  keys <- regmatches(measure, regexec("\\bstep=(\\d+);group=(.*)\\]$", measure))
  list(step = as.integer(vapply(keys, `[`, "", 2)), group = vapply(keys, `[`, "", 3))
}

plot_bridge_spread <- function(x, place, year, scenario) {
  rows <- x$simulation
  rows <- rows[startsWith(as.character(rows$measure), "bridge.amount["), ]
  if (nrow(rows) == 0) {
    stop_argument("there is no bridge here: simulate with measures = \"bridge.amount\"")
  }
  rows <- rows[rows$scenario == scenario_of(rows, scenario), ]
  rows <- rows[rows$place == place_of(rows, place), ]
  rows <- rows[rows$year == year_of(rows, year), ]
  steps <- bridge_steps(as.character(rows$measure))
  order <- order(steps$step)
  rows <- rows[order, ]
  names <- labels_of(plan_of(x))
  labels <- gsub("_", " ", label_codes(steps$group[order], names))
  labels[c(1, nrow(rows))] <- c("gap at start", "gap at end")
  draw_waterfall(rows$mean, labels, rows$p10, rows$p90) +
    ggplot2::labs(
      title = paste0(
        "What leads from one gap to the other, ", label_codes(rows$place[1], names), ", ", year_label(rows$year[1])
      ),
      subtitle = paste0(
        money_scale(cumsum(rows$mean[-nrow(rows)]))$unit, ", mean of the draws and the 80% between P10 and P90; ",
        prices_words(x)
      )
    )
}

autoplot.stp_sensitivity <- function(object, place = NULL, year = NULL, measure = NULL, scenario = NULL,
                                     most = 15, ...) {
  rows <- swings_of(object, scenario, measure, as_text(place, "place", optional = TRUE), year, as_whole(most, "most"))
  central <- object$central
  here <- central$scenario == rows$scenario[1] & central$measure == rows$measure[1] &
    central$place == rows$place[1] & central$year == rows$year[1]
  scale <- measure_scale(rows$measure[1], rows[c("low", "high")])
  middle <- central$central[here] / scale$by
  parameters <- gsub("_", " ", rows$parameter)
  n <- nrow(rows)
  ends <- c("at its 10th percentile", "at its 90th percentile")
  bars <- data.frame(
    y = rep(n + 1 - seq_len(n), 2), value = c(rows$low, rows$high) / scale$by, end = rep(ends, each = n)
  )
  # Where both lie on one side, the shorter is in front.
  bars <- bars[order(-abs(bars$value - middle)), ]
  ggplot2::ggplot(bars) +
    ggplot2::geom_rect(ggplot2::aes(
      xmin = middle, xmax = .data$value, ymin = .data$y - 0.35, ymax = .data$y + 0.35, fill = .data$end
    )) +
    ggplot2::geom_vline(xintercept = middle, linewidth = 0.4) +
    ggplot2::scale_fill_manual(values = structure(unname(colours[c("blue", "vermilion")]), names = ends)) +
    ggplot2::scale_y_continuous(breaks = n + 1 - seq_len(n), labels = parameters) +
    ggplot2::labs(
      title = paste0(
        "What moves it most. ", measure_title(object, rows), ", ", year_label(rows$year[1]), spaced(scale$unit)
      ),
      subtitle = paste0(
        gsub("_", " ", rows$scenario[1]), "; the line is the plan as it stands, ", number(middle)
      ),
      x = scale$unit, y = NULL
    ) +
    sideways_theme()
}
