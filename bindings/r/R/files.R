# Plans in folders and workbooks, and those that come with the package.

stp_read_plan <- function(folder) {
  folder <- as_path(folder, "folder")
  new_plan(call_c(R_swig_stpfin_plan_read, folder), paste("the plan in", folder))
}

stp_write_plan <- function(plan, folder) {
  call_c(R_swig_stpfin_plan_write, plan_pointer(plan), as_path(folder, "folder"))
  invisible(plan)
}

stp_new <- function(folder, base_year, end_year, discount_rate = NULL, long_discount_rate = NULL,
                    capital_charge_rate = NULL) {
  settings <- make_settings(list(
    base_year = base_year, end_year = end_year, discount_rate = discount_rate,
    long_discount_rate = long_discount_rate, capital_charge_rate = capital_charge_rate
  ))
  folder <- as_path(folder, "folder")
  call_c(R_swig_stpfin_plan_write_empty, settings, folder)
  invisible(folder)
}

stp_read_csv <- function(path, table) {
  table <- call_c(R_swig_stpfin_table_read_csv, as_path(path, "path"), as_text(table, "table"))
  data <- to_r(table$out_table)
  data[] <- lapply(data, as.character)
  data
}

stp_write_csv <- function(data, path, table = "table") {
  call_c(R_swig_stpfin_table_write_csv, to_c(data, as_text(table, "table")), as_path(path, "path"))
  invisible(data)
}

is_workbook <- function(path) grepl("\\.xls[xm]?$", path, ignore.case = TRUE)

stp_write_excel <- function(plan, path) {
  pointer <- if (!is.null(plan)) plan_pointer(plan)
  call_c(R_swig_stpfin_plan_write_workbook, pointer, as_path(path, "path"))
  invisible(plan)
}

stp_read_excel <- function(path) {
  need_package("readxl", "reading a workbook")
  path <- as_path(path, "path")
  if (!file.exists(path) || dir.exists(path)) {
    stop_stpfin("file", path, if (dir.exists(path)) " is a folder: see stp_read_plan()" else " is not there")
  }
  sheets <- tryCatch(readxl::excel_sheets(path), error = function(error) {
    stop_stpfin("file", path, " cannot be read as a workbook: ", conditionMessage(error))
  })
  if (!"settings" %in% sheets) {
    stop_argument(path, " has no sheet settings, with the columns setting and value")
  }
  unknown <- setdiff(sheets, c(plan_tables(), "about", "dictionary", "settings"))
  if (length(unknown) > 0) {
    stop_argument(
      path, " has a sheet '", unknown[1], "', which is no table of a plan: name it as ",
      "stp_describe() lists, or take it out"
    )
  }
  read <- lapply(
    structure(intersect(plan_tables(), sheets), names = intersect(plan_tables(), sheets)),
    function(sheet) read_sheet(path, sheet, column_types(sheet))
  )
  read <- read[vapply(read, function(sheet) nrow(sheet$data) > 0, NA)]
  make_plan(
    lapply(read, `[[`, "data"), read_settings(path),
    rows = lapply(read, `[[`, "rows")
  )
}

# A sheet's table, without blank rows, and the rows of the sheet that it is in.
read_sheet <- function(path, sheet, types) {
  cells <- suppressMessages(readxl::read_excel(
    path, sheet,
    range = readxl::cell_limits(c(1, 1), c(NA, NA)), col_names = FALSE, col_types = "list",
    trim_ws = FALSE, .name_repair = "minimal"
  ))
  if (nrow(cells) == 0) {
    return(list(data = data.frame(), rows = integer()))
  }
  header <- vapply(cells, function(column) cell_text(column[[1]]), "")
  blank <- vapply(cells, function(column) all(is.na(unlist(lapply(column, `[`, 1)))), NA)
  cells <- cells[!(is.na(header) & blank)]
  header <- header[!(is.na(header) & blank)]
  if (anyNA(header)) {
    stop_argument("the sheet ", sheet, " has values below a column without a name in row 1")
  }
  data <- Map(function(column, name) read_cells(column[-1], types[[name]]), cells, header)
  data <- structure(data,
    names = header, class = "data.frame", row.names = .set_row_names(nrow(cells) - 1L)
  )
  filled <- which(Reduce(`|`, lapply(data, function(x) !is.na(x)), logical(nrow(data))))
  list(data = data[filled, , drop = FALSE], rows = filled + 1L)
}

# A column of cells: numbers where all are, and they are wanted; else text.
read_cells <- function(cells, type) {
  numeric <- vapply(cells, function(cell) is.numeric(cell) && !is.object(cell), NA)
  missing <- vapply(cells, function(cell) is.na(cell[1]), NA)
  if (all(numeric | missing) && !(is.null(type) || type %in% c("text", "date"))) {
    return(vapply(cells, function(cell) if (is.na(cell[1])) NA_real_ else as.double(cell), 0))
  }
  vapply(cells, cell_text, "")
}

cell_text <- function(cell) {
  if (is.na(cell[1])) {
    return(NA_character_)
  }
  if (inherits(cell, "POSIXct")) {
    return(format(cell, "%Y-%m-%d", tz = "UTC"))
  }
  if (is.numeric(cell)) {
    return(if (cell == floor(cell) && abs(cell) < 1e15) sprintf("%.0f", cell) else sprintf("%.15g", cell))
  }
  as.character(cell)
}

read_settings <- function(path) {
  sheet <- read_sheet(path, "settings", list(value = "number"))$data
  if (!all(c("setting", "value") %in% names(sheet))) {
    stop_argument("the sheet settings has the columns setting and value")
  }
  known <- c("base_year", "end_year", "discount_rate", "long_discount_rate", "capital_charge_rate")
  unknown <- setdiff(sheet$setting, known)
  if (length(unknown) > 0) {
    stop_argument("the sheet settings has no setting '", unknown[1], "': it may have ",
      paste(known, collapse = ", "))
  }
  if (anyDuplicated(sheet$setting)) {
    stop_argument("the sheet settings has ", sheet$setting[anyDuplicated(sheet$setting)], " twice")
  }
  given <- sheet[!is.na(sheet$value), ]
  lacking <- setdiff(c("base_year", "end_year"), given$setting)
  if (length(lacking) > 0) {
    stop_argument("the sheet settings has no ", lacking[1], ": write a year, as 2015")
  }
  make_settings(structure(lapply(given$value, function(value) {
    if (is.character(value) && grepl("^-?[0-9.]+$", value)) as.double(value) else value
  }), names = given$setting))
}

# The folder with the examples: the environment variable STPFIN_DATA, else the
# package's own.
data_folder <- function() {
  folder <- Sys.getenv("STPFIN_DATA")
  if (!nzchar(folder)) {
    return(system.file("extdata", package = "stpfin"))
  }
  if (!dir.exists(folder)) {
    stop_stpfin("file", "the environment variable STPFIN_DATA names no folder: ", folder)
  }
  folder
}

stp_examples <- function() {
  folder <- data_folder()
  plans <- dirname(list.files(folder, "^datapackage\\.json$", recursive = TRUE))
  structure(normalizePath(file.path(folder, plans)), names = basename(plans))
}

stp_example <- function(name = "england") {
  name <- as_text(name, "name")
  examples <- stp_examples()
  if (!name %in% names(examples)) {
    stop_argument("there is no example '", name, "': there are ", paste(names(examples), collapse = ", "))
  }
  stp_read_plan(examples[[name]])
}
