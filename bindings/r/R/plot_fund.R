# Who gets what of a fund, by one rule or several.

autoplot.stp_allocation <- function(object, ..., year = NULL, most = 20) {
  allocations <- list(object, ...)
  for (allocation in allocations) {
    if (!inherits(allocation, "stp_allocation")) {
      stop_argument("beside an allocation come others, as stp_allocate() makes, not ", shown(allocation))
    }
    if (!identical(as.character(allocation$allocation$fund[1]), as.character(object$allocation$fund[1]))) {
      stop_argument("the allocations are of different funds")
    }
  }
  most <- as_whole(most, "most")
  year <- if (is.null(year)) max(object$allocation$year) else as_year(year, "year")
  shares <- do.call(rbind, lapply(allocations, function(allocation) {
    here <- allocation$allocation[allocation$allocation$year == year, ]
    data.frame(
      rule = rep(rule_label(allocation), nrow(here)), organisation = as.character(here$organisation),
      claim = here$claim, award = here$award
    )
  }))
  if (!all(vapply(allocations, rule_label, "") %in% shares$rule)) {
    stop_argument(year_label(year), " is no year of these allocations")
  }
  claims <- shares[!duplicated(shares$organisation), ]
  claims <- claims[order(-claims$claim), ]
  largest <- utils::head(claims$organisation, most)
  shares <- shares[shares$organisation %in% largest, ]
  scale <- money_scale(shares$claim)
  label <- short(label_codes(rev(largest), labels_of(object$plan)))
  shares$place <- factor(shares$organisation, levels = rev(largest), labels = make.unique(label))
  shares$rule <- factor(shares$rule, levels = unique(shares$rule))
  ggplot2::ggplot(shares, ggplot2::aes(y = .data$place)) +
    ggplot2::geom_col(ggplot2::aes(x = .data$claim / scale$by, fill = "claim"), width = 0.75) +
    ggplot2::geom_col(ggplot2::aes(x = .data$award / scale$by, fill = "award"), width = 0.75) +
    ggplot2::facet_wrap(ggplot2::vars(.data$rule), nrow = 1, labeller = ggplot2::label_wrap_gen(14)) +
    ggplot2::scale_fill_manual(values = c(award = colours[["blue"]], claim = "grey85")) +
    ggplot2::scale_x_continuous(
      expand = ggplot2::expansion(mult = c(0, 0.05)), n.breaks = if (length(allocations) > 2) 3 else 5
    ) +
    ggplot2::labs(
      title = paste0("Who gets what of ", object$allocation$fund[1], ", ", year_label(year), ", ", scale$unit),
      subtitle = if (nrow(claims) > most) {
        paste("the", most, "largest of", nrow(claims), "claims")
      } else {
        "prices of the year"
      },
      x = scale$unit, y = NULL
    ) +
    sideways_theme()
}
