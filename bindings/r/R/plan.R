# Plans. A plan is a list of data frames, its tables with rows, as the library
# has checked them; beside it stand the settings, the problems and the handle of
# the library's own plan, which is made anew from the data frames where it is
# dead: after readRDS() or in another process.

stp_plan <- function(..., base_year, end_year, discount_rate = NULL, long_discount_rate = NULL,
                     capital_charge_rate = NULL) {
  make_plan(
    gather_tables(...),
    make_settings(list(
      base_year = base_year, end_year = end_year, discount_rate = discount_rate,
      long_discount_rate = long_discount_rate, capital_charge_rate = capital_charge_rate
    ))
  )
}

# The tables given by name, or as one list of them.
gather_tables <- function(...) {
  tables <- list(...)
  if (length(tables) == 1 && is.null(names(tables)) && is.list(tables[[1]]) &&
    !is.data.frame(tables[[1]])) {
    tables <- as.list(tables[[1]])
  }
  check_names(tables)
  tables
}

check_names <- function(tables) {
  names <- names(tables)
  if (length(tables) > 0 && (is.null(names) || anyNA(names) || !all(nzchar(names)))) {
    stop_argument("give every table by its name, as flow = a_data_frame")
  }
  if (anyDuplicated(names)) {
    stop_argument("the table ", names[anyDuplicated(names)], " is given twice")
  }
}

make_settings <- function(settings) {
  settings <- settings[!vapply(settings, is.null, NA)]
  for (name in names(settings)) {
    settings[[name]] <- if (name %in% c("base_year", "end_year")) {
      as_year(settings[[name]], name)
    } else {
      as_number(settings[[name]], name)
    }
  }
  settings
}

# A plan of data frames. `rows` says, of tables from a workbook, which row of
# the sheet each came from.
make_plan <- function(tables, settings, rows = NULL) {
  made <- call_c(R_swig_stpfin_plan_new, settings, Map(to_c, tables, names(tables), USE.NAMES = FALSE))
  new_plan(made, "the plan", rows)
}

# An R plan of what C made, or its problems as an error.
new_plan <- function(made, what, rows = NULL) {
  problems <- new_problems(made$out_problems, rows)
  if (is.null(made$out_plan)) {
    stop_problems(problems, what)
  }
  pointer <- made$out_plan
  tables <- lapply(plan_tables(), function(name) {
    to_r(call_c(R_swig_stpfin_plan_get_table, pointer, name)$out_table)
  })
  names(tables) <- plan_tables()
  structure(
    tables[vapply(tables, nrow, 1L) > 0],
    class = "stp_plan",
    settings = call_c(R_swig_stpfin_plan_get_settings, pointer)$out_settings,
    problems = problems,
    handle = list2env(list(pointer = pointer), parent = emptyenv())
  )
}

plan_tables <- function() {
  if (is.null(dictionary[[" tables"]])) {
    tables <- describe(NULL)
    dictionary[[" tables"]] <- tables$table[tables$kind == "plan"]
  }
  dictionary[[" tables"]]
}

settings_of <- function(plan) attr(plan, "settings", exact = TRUE)

# The library's plan.
plan_pointer <- function(plan, what = "plan") {
  if (!inherits(plan, "stp_plan")) {
    stop_argument(
      what, " is a plan, as stp_plan() or stp_read_plan() makes, not ", shown(plan)
    )
  }
  handle <- attr(plan, "handle", exact = TRUE)
  if (!is.environment(handle)) {
    stop_argument(what, " is no longer a whole plan: make it again with stp_plan()")
  }
  if (!is_live(handle$pointer)) {
    handle$pointer <- attr(make_plan(unclass_plan(plan), settings_of(plan)), "handle")$pointer
  }
  handle$pointer
}

unclass_plan <- function(plan) {
  tables <- unclass(plan)
  attributes(tables) <- list(names = names(tables))
  tables
}

new_problems <- function(table, rows = NULL) {
  problems <- to_r(table)
  for (name in names(rows)) {
    here <- problems$file %in% paste0(name, ".csv") & !is.na(problems$row) & problems$row > 1
    problems$row[here] <- rows[[name]][problems$row[here] - 1L]
  }
  problems$message <- in_r(problems$message)
  class(problems) <- c("stp_problems", "data.frame")
  problems
}

format.stp_problems <- function(x, ...) {
  place <- paste0(
    ifelse(is.na(x$file), "", paste0(x$file, ":")), ifelse(is.na(x$row), "", paste0(x$row, ":")),
    ifelse(is.na(x$column), "", paste0(x$column, ":"))
  )
  paste0(place, ifelse(nzchar(place), " ", ""), x$severity, ": ", x$message)
}

print.stp_problems <- function(x, n = 20, ...) {
  if (!all(c("severity", "file", "row", "column", "message") %in% names(x))) {
    return(invisible(NextMethod()))
  }
  if (nrow(x) == 0) {
    cat("no problems\n")
  }
  cat(paste0(utils::head(format(x), n), "\n"), sep = "")
  if (nrow(x) > n) {
    cat("and", nrow(x) - n, "more\n")
  }
  invisible(x)
}

stop_problems <- function(problems, what) {
  errors <- problems[problems$severity == "error", ]
  n <- nrow(errors)
  lines <- utils::head(format(errors), 10)
  stop_stpfin("plan", what, " has ", n, if (n == 1) " error:\n" else " errors:\n",
    paste(lines, collapse = "\n"), if (n > 10) paste0("\nand ", n - 10, " more: see $problems"),
    fields = list(problems = problems)
  )
}

stp_check <- function(x, ...) UseMethod("stp_check")

stp_check.stp_plan <- function(x, ...) {
  attr(x, "problems", exact = TRUE)
}

stp_check.character <- function(x, ...) {
  path <- as_path(x, "x")
  problems_of(if (is_workbook(path)) stp_read_excel(path) else stp_read_plan(path))
}

stp_check.list <- function(x, ...) problems_of(stp_plan(x, ...))

stp_check.default <- function(x, ...) {
  stop_argument("x is a plan, a folder, a workbook or a list of data frames, not ", shown(x))
}

problems_of <- function(plan) {
  tryCatch(stp_check(plan), stpfin_error_plan = function(error) error$problems)
}

stp_table <- function(plan, table) {
  table <- as_text(table, "table")
  pointer <- plan_pointer(plan)
  if (table %in% names(unclass(plan))) {
    return(unclass(plan)[[table]])
  }
  to_r(call_c(R_swig_stpfin_plan_get_table, pointer, table)$out_table)
}

stp_tables <- function(plan) {
  plan_pointer(plan)
  tables <- describe(NULL)
  tables <- tables[tables$kind == "plan", ]
  rows <- vapply(unclass(plan), nrow, 1L)[tables$table]
  data.frame(
    table = tables$table, rows = ifelse(is.na(rows), 0L, rows), meaning = tables$meaning,
    row.names = NULL
  )
}

stp_replace <- function(plan, ..., base_year = NULL, end_year = NULL, discount_rate = NULL,
                        long_discount_rate = NULL, capital_charge_rate = NULL) {
  pointer <- plan_pointer(plan)
  tables <- gather_tables(...)
  settings <- make_settings(list(
    base_year = base_year, end_year = end_year, discount_rate = discount_rate,
    long_discount_rate = long_discount_rate, capital_charge_rate = capital_charge_rate
  ))
  replacement <- Map(function(table, name) {
    if (is.null(table)) table <- stp_table(plan, name)[0, ]
    to_c(table, name)
  }, tables, names(tables), USE.NAMES = FALSE)
  if (length(replacement) == 1 && length(settings) == 0) {
    return(new_plan(call_c(R_swig_stpfin_plan_replace, pointer, replacement[[1]]), "the new plan"))
  }
  kept <- lapply(setdiff(names(unclass(plan)), names(tables)), function(name) {
    call_c(R_swig_stpfin_plan_get_table, pointer, name)$out_table
  })
  settings <- utils::modifyList(settings_of(plan), settings)
  new_plan(call_c(R_swig_stpfin_plan_new, settings, c(kept, replacement)), "the new plan")
}

stp_settings <- function(plan) {
  plan_pointer(plan)
  settings_of(plan)
}

stp_hash <- function(plan, table = NULL) {
  pointer <- plan_pointer(plan)
  if (is.null(table)) {
    return(call_c(R_swig_stpfin_plan_hash, pointer)$out_hash)
  }
  table <- call_c(R_swig_stpfin_plan_get_table, pointer, as_text(table, "table"))$out_table
  call_c(R_swig_stpfin_table_hash, table)$out_hash
}

`$.stp_plan` <- function(x, name) stp_table(x, name)

`[[.stp_plan` <- function(x, i, ...) {
  if (is.numeric(i) && length(i) == 1 && i %in% seq_along(names(unclass(x)))) {
    i <- names(unclass(x))[i]
  }
  stp_table(x, i)
}

`[.stp_plan` <- function(x, i) unclass_plan(x)[i]

`$<-.stp_plan` <- function(x, name, value) replace_table(x, name, value)

`[[<-.stp_plan` <- function(x, i, value) replace_table(x, i, value)

`[<-.stp_plan` <- function(x, i, value) {
  stop_argument("replace tables with $<-, [[<- or stp_replace(), which check the new plan")
}

`names<-.stp_plan` <- function(x, value) {
  stop_argument("a plan's tables keep their names")
}

replace_table <- function(plan, name, table) {
  stp_replace(plan, structure(list(table), names = as_text(name, "the name of a table")))
}

as.list.stp_plan <- function(x, ...) unclass_plan(x)

as.data.frame.stp_plan <- function(x, row.names = NULL, optional = FALSE, ..., table = "flow") {
  stp_table(x, table)
}

format.stp_plan <- function(x, ...) {
  years <- settings_of(x)
  paste0(
    "<stp_plan> ", year_label(years$base_year), " to ", year_label(years$end_year), ", ",
    count(length(names(unclass(x))), "table"), ", ", count(nrow(stp_table(x, "footprint")), "footprint"), ", ",
    count(nrow(stp_table(x, "organisation")), "organisation"), ", ",
    count(nrow(stp_table(x, "flow")), "flow")
  )
}

count <- function(n, what) {
  paste(format(n, big.mark = ","), if (n == 1) what else paste0(what, "s"))
}

print.stp_plan <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  scenarios <- unique(as.character(stp_table(x, "scenario")$scenario))
  if (length(scenarios) > 0) {
    cat("scenarios:", paste(scenarios, collapse = ", "), "\n")
  }
  problems <- nrow(stp_check(x))
  if (problems > 0) {
    cat(count(problems, "line"), "of warnings and notes: see stp_check()\n")
  }
  invisible(x)
}

summary.stp_plan <- function(object, ...) {
  tables <- stp_tables(object)
  structure(
    list(heading = format(object), tables = tables[tables$rows > 0, c("table", "rows", "meaning")]),
    class = "summary.stp_plan"
  )
}

print.summary.stp_plan <- function(x, ...) {
  cat(x$heading, "\n\n", sep = "")
  print(x$tables, row.names = FALSE, right = FALSE)
  invisible(x)
}

str.stp_plan <- function(object, ...) cat(" ", format(object), "\n", sep = "")
