# Calls of the C library, through the routines that SWIG registers, and the
# conditions that its failures become.

kinds <- c(
  "-1" = "memory", "-2" = "argument", "-3" = "cancelled", "-4" = "file",
  "-100" = "csv", "-101" = "column",
  "-200" = "plan",
  "-300" = "deflator", "-301" = "overflow",
  "-400" = "compare",
  "-500" = "infeasible"
)

stop_stpfin <- function(kind, ..., fields = list()) {
  stop(structure(
    class = c(paste0("stpfin_error_", kind), "stpfin_error", "error", "condition"),
    c(list(message = paste0(...), call = NULL), fields)
  ))
}

stop_argument <- function(...) stop_stpfin("argument", ...)

# What a routine gives: its value, or a list of what it puts out, by the names
# of its parameters (a handle that stayed NULL is not in it).
call_c <- function(routine, ...) {
  # SWIG gives most routines one parameter more, which is of no use here.
  value <- if (routine$numParameters > ...length()) {
    .Call(routine, ..., FALSE)
  } else {
    .Call(routine, ...)
  }
  failure <- if (is.list(value) && !inherits(value, "stpfin_failure")) value[[1]] else value
  if (inherits(failure, "stpfin_failure")) {
    kind <- kinds[as.character(failure[[1]])]
    stop_stpfin(if (is.na(kind)) "other" else kind, in_r(failure[[2]]))
  }
  value
}

# A message of C that names the command `stpfin describe`, for those in R.
in_r <- function(message) {
  message <- gsub("`stpfin describe`", "stp_describe()", message, fixed = TRUE)
  gsub("`stpfin describe ([a-z_]+)`", "stp_describe(\"\\1\")", message)
}

is_live <- function(handle) call_c(R_swig_is_live, handle)

# Does long work, a function of what C is to call. `progress` is FALSE, TRUE for
# a bar, or a function of the share done, which stops the work if it gives FALSE.
with_progress <- function(progress, work) {
  state <- new.env(parent = emptyenv())
  tell <- if (is.function(progress)) {
    function(done) {
      tryCatch(
        {
          state$stopped <- identical(progress(done), FALSE)
          !state$stopped
        },
        error = function(error) {
          state$error <- error
          FALSE
        }
      )
    }
  } else if (is_flag(progress)) {
    if (progress) bar(state)
  } else {
    stop_argument("progress is neither TRUE, FALSE nor a function of the share done")
  }
  on.exit(if (!is.null(state$bar)) close(state$bar))
  value <- tryCatch(work(tell), stpfin_error_cancelled = function(cancelled) {
    if (!is.null(state$error)) {
      stop(state$error)
    }
    if (isTRUE(state$stopped)) {
      stop(cancelled)
    }
    # Ctrl-C, which C has turned into a status.
    signalCondition(structure(class = c("interrupt", "condition"), list(message = "", call = NULL)))
    invokeRestart("abort")
  })
  # Work that ends early with what it has does not fail.
  if (!is.null(state$error)) {
    stop(state$error)
  }
  value
}

# A bar, for work of more than a second.
bar <- function(state) {
  begun <- Sys.time()
  function(done) {
    if (is.null(state$bar) && Sys.time() - begun > 1) {
      state$bar <- utils::txtProgressBar(style = 3)
    }
    if (!is.null(state$bar)) {
      utils::setTxtProgressBar(state$bar, done)
    }
    TRUE
  }
}
