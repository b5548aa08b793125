# Who gets what of a fund, by rules, and what bids to funds are chosen.

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

autoplot.stp_portfolio <- function(object, what = c("footprint", "workstream", "aim", "price"),
                                   alternative = 0, ...) {
  what <- as_choice(what, c("footprint", "workstream", "aim", "price"), "what")
  alternative <- as_whole(alternative, "alternative")
  if (nrow(object$portfolio) == 0) {
    stop_argument("the plan has no bids to show")
  }
  if (!alternative %in% object$portfolio$alternative) {
    stop_argument("the portfolio has no alternative ", alternative)
  }
  if (what == "price") plot_price(object) else plot_bids(object, what, alternative)
}

# What each bid asks for of all funds and years, a row for each place or kind of change it counts in.
asked_by <- function(plan, by) {
  bids <- plan$bid
  total <- tapply(plan$bid_amount$amount, plan$bid_amount$bid, sum)[as.character(bids$bid)]
  bids$amount <- ifelse(is.na(total), 0, total)
  if (by == "footprint") {
    shares <- plan$membership[c("organisation", "footprint", "share")]
    held <- tapply(shares$share, as.character(shares$organisation), sum)[as.character(bids$organisation)]
    rest <- 1 - ifelse(is.na(held), 0, held)
    left <- data.frame(
      bid = bids$bid, by = rep("unassigned", nrow(bids)), amount = bids$amount * rest
    )[rest > 1e-9, ]
    bids <- merge(bids[c("bid", "organisation", "amount")], shares)
    placed <- data.frame(
      bid = bids$bid, by = as.character(bids$footprint), amount = bids$amount * bids$share
    )
    return(rbind(placed, left))
  }
  of_scheme <- as.character(plan$scheme[[by]][match(bids$scheme, plan$scheme$scheme)])
  data.frame(bid = bids$bid, by = ifelse(is.na(of_scheme), "no scheme", of_scheme), amount = bids$amount)
}

plot_bids <- function(object, by, alternative) {
  rows <- object$portfolio[object$portfolio$alternative == alternative & object$portfolio$chosen == "yes", ]
  asked <- asked_by(object$plan, by)
  total <- tapply(asked$amount, asked$by, sum)
  chosen <- tapply(asked$amount * (asked$bid %in% rows$bid), asked$by, sum)
  order <- order(total)
  scale <- money_scale(total)
  names <- names(total)[order]
  label <- if (by == "footprint") label_codes(names, labels_of(object$plan)) else gsub("_", " ", names)
  bars <- data.frame(
    place = factor(names, levels = names, labels = make.unique(short(label))),
    asked = as.vector(total)[order] / scale$by, chosen = as.vector(chosen)[order] / scale$by
  )
  fund_bars(bars, "asked", "chosen", c("asked for", "chosen")) +
    ggplot2::labs(
      title = paste0(
        if (alternative == 0) "Bids chosen" else paste("Alternative", alternative), ", by ", by, ", ", scale$unit
      ),
      subtitle = "of all funds and years, prices of each year", x = scale$unit, y = NULL
    )
}

plot_price <- function(object) {
  price <- object$portfolio_price
  pots <- object$plan$fund
  at <- match(paste(price$fund, price$year), paste(pots$fund, pots$year))
  scale <- money_scale(pots$amount[at])
  label <- paste(price$fund, year_label(price$year))
  bars <- data.frame(
    place = factor(label, levels = rev(label)), there = pots$amount[at] / scale$by,
    spent = price$spent / scale$by, price = number(price$price, 2)
  )
  fund_bars(bars, "there", "spent", c("there is", "spent on chosen bids")) +
    ggplot2::geom_text(
      ggplot2::aes(x = pmax(.data$there, .data$spent), label = .data$price), hjust = -0.15, size = 3.6
    ) +
    ggplot2::labs(
      title = paste0("The price of a pound, ", scale$unit),
      subtitle = "beside each bar, what one more \u00a3 would bring", x = scale$unit, y = NULL
    )
}

# One amount within another.
fund_bars <- function(bars, outer, inner, names) {
  ggplot2::ggplot(bars, ggplot2::aes(y = .data$place)) +
    ggplot2::geom_col(ggplot2::aes(x = .data[[outer]], fill = names[1]), width = 0.75) +
    ggplot2::geom_col(ggplot2::aes(x = .data[[inner]], fill = names[2]), width = 0.4) +
    ggplot2::scale_fill_manual(
      values = structure(c("grey85", colours[["blue"]]), names = names), breaks = names
    ) +
    ggplot2::scale_x_continuous(expand = ggplot2::expansion(mult = c(0, 0.12))) +
    sideways_theme()
}
