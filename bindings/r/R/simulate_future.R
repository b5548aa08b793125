# Simulations in pieces, on whatever futures run on.

stp_simulate_future <- function(plan, scenarios = NULL, measures = NULL, draws = 1000, seed = 1,
                                prices = c("cash", "real"), by = NULL,
                                method = c("sequential", "shapley"), pieces = NULL, threads = 1) {
  plan_pointer(plan)
  asked <- ask_draws(scenarios, measures, draws, seed, prices, by, method)
  need_package("future.apply", "a simulation by futures")
  pieces <- count_pieces(pieces, asked$draws)
  cuts <- floor(seq(0, asked$draws, length.out = pieces + 1))
  made <- future.apply::future_lapply(
    Map(c, cuts[-length(cuts)], cuts[-1]), simulate_piece,
    plan = without_handle(plan), asked = asked, threads = threads
  )
  stp_join(lapply(made, function(piece) {
    attr(piece, "plan") <- plan
    piece
  }))
}

# No more than there are draws; one a worker where none is asked for.
count_pieces <- function(pieces, draws) {
  if (is.null(pieces)) {
    pieces <- future::nbrOfWorkers()
    if (!is.finite(pieces)) {
      stop_argument("there are workers without number: say how many pieces to make")
    }
  }
  pieces <- as_whole(pieces, "pieces")
  if (pieces == 0) {
    stop_argument("pieces are 1 or more, or NULL for one a worker")
  }
  max(1, min(pieces, draws))
}

# What a worker does. The plan need not come back.
simulate_piece <- function(range, plan, asked, threads) {
  piece <- simulate_draws(plan, asked, range[1], range[2], threads, FALSE)
  attr(piece, "plan") <- NULL
  piece
}

# A plan as it is in another process: the library's own is made anew from the data frames.
without_handle <- function(plan) {
  attr(plan, "handle") <- list2env(list(pointer = NULL), parent = emptyenv())
  plan
}
