# Data frames to tables of C and back, column by column and by type.

# A whole number of 64 bits, as bit64 keeps it in the bits of a double.
integer64_to_double <- function(x, where) {
  n <- length(x)
  parts <- readBin(writeBin(as.double(unclass(x)), raw(), endian = "little"), "integer",
    n = 4 * n, size = 2, signed = FALSE, endian = "little")
  parts <- matrix(as.double(parts), nrow = 4)
  high <- parts[4, ] - 65536 * (parts[4, ] >= 32768)
  missing <- high == -32768 & parts[3, ] == 0 & parts[2, ] == 0 & parts[1, ] == 0
  value <- ((high * 65536 + parts[3, ]) * 65536 + parts[2, ]) * 65536 + parts[1, ]
  value[missing] <- NA
  if (any(abs(value) > 2^53, na.rm = TRUE)) {
    stop_argument(where, " holds whole numbers beyond 2^53, which a double cannot hold")
  }
  value
}

# A column as one of what C takes: double, integer, character or factor.
plain_column <- function(x, where, type) {
  if (inherits(x, "AsIs")) {
    class(x) <- setdiff(class(x), "AsIs")
  }
  if (is.factor(x)) {
    return(if (anyNA(levels(x))) as.character(x) else x)
  }
  if (inherits(x, "integer64")) {
    return(integer64_to_double(x, where))
  }
  if (inherits(x, "Date")) {
    if (!identical(type, "date")) {
      stop_argument(where, " is a Date, which this column does not hold: give ", wanted(type))
    }
    return(format(x, "%Y-%m-%d"))
  }
  if (is.list(x) || !is.null(dim(x)) || (is.object(x) && !is.character(x)) ||
    is.complex(x) || is.raw(x) || !is.atomic(x)) {
    stop_argument(
      where, " is ", if (is.list(x)) "a list column" else shown(x), ": give ", wanted(type)
    )
  }
  if (is.logical(x)) {
    if (!all(is.na(x))) {
      stop_argument(where, " is logical: give ", wanted(type))
    }
    return(rep(NA_character_, length(x)))
  }
  if (is.double(x) && any(is.nan(x))) {
    stop_argument(
      where, " is NaN in row ", which(is.nan(x))[1],
      ": give a number, or NA where there is none"
    )
  }
  if (is.numeric(x) && type %in% c("text", "date")) {
    stop_argument(where, " is numeric: give ", wanted(type))
  }
  if (is.character(x)) as.character(x) else x
}

wanted <- function(type) {
  switch(if (is.null(type)) "" else type,
    number = "numbers", whole = "whole numbers", age = "ages as whole numbers, or text as \"65+\"",
    year = "financial years, as 2015 or \"2015/16\"", date = "a Date, or text as \"2016-10-21\"",
    text = "text or a factor", "numbers, text or a factor"
  )
}

# A table of C, of that name.
to_c <- function(data, name) {
  name <- as_text(name, "the name of a table")
  if (!is.data.frame(data)) {
    stop_argument("the table ", name, " is a data frame, not ", shown(data))
  }
  types <- column_types(name)
  builder <- call_c(R_swig_stpfin_table_builder_new, name)$out_builder
  columns <- names(data)
  for (i in seq_along(columns)) {
    column <- enc2utf8(columns[i])
    type <- if (column %in% names(types)) types[[column]] else ""
    x <- plain_column(.subset2(data, i), paste0(name, "$", column), type)
    if (is.factor(x)) {
      codes <- as.integer(x) - 1L
      codes[is.na(codes)] <- -1L
      call_c(R_swig_stpfin_table_builder_add_codes, builder, column, codes, levels(x))
    } else if (is.character(x)) {
      call_c(R_swig_stpfin_table_builder_add_text, builder, column, x)
    } else if (is.integer(x)) {
      call_c(R_swig_stpfin_table_builder_add_int32, builder, column, as.integer(x))
    } else {
      call_c(R_swig_stpfin_table_builder_add_double, builder, column, as.double(x))
    }
  }
  call_c(R_swig_stpfin_table_builder_finish, builder)$out_table
}

column_names <- function(table) {
  n <- call_c(R_swig_stpfin_table_columns, table)
  vapply(seq_len(n) - 1, function(i) call_c(R_swig_stpfin_table_column_name, table, i), "")
}

# A data frame of a table of C: codes and choices are factors, other text is
# character.
to_r <- function(table) {
  columns <- column_names(table)
  codes <- code_columns(call_c(R_swig_stpfin_table_name, table))
  data <- lapply(seq_along(columns), function(i) {
    type <- call_c(R_swig_stpfin_table_column_type, table, i - 1)$out_type
    if (type == 0L) {
      return(call_c(R_swig_stpfin_table_get_double, table, i - 1)$out_x)
    }
    if (type == 1L) {
      return(call_c(R_swig_stpfin_table_get_int32, table, i - 1)$out_x)
    }
    x <- call_c(R_swig_stpfin_table_get_text, table, i - 1)$out_codes
    if (columns[i] %in% codes) x else as.character(x)
  })
  names(data) <- columns
  structure(data,
    class = "data.frame",
    row.names = .set_row_names(call_c(R_swig_stpfin_table_rows, table))
  )
}

dictionary <- new.env(parent = emptyenv())

describe_columns <- function(name) {
  if (is.null(dictionary[[name]])) {
    known <- as.character(describe(NULL)$table)
    dictionary[[name]] <- if (name %in% known) describe(name) else list()
  }
  dictionary[[name]]
}

describe <- function(name) {
  table <- call_c(R_swig_stpfin_describe, name)$out_table
  columns <- column_names(table)
  data <- lapply(seq_along(columns), function(i) {
    as.character(call_c(R_swig_stpfin_table_get_text, table, i - 1)$out_codes)
  })
  names(data) <- columns
  structure(data, class = "data.frame", row.names = .set_row_names(length(data[[1]])))
}

column_types <- function(name) {
  columns <- describe_columns(name)
  structure(as.list(columns$type), names = columns$column)
}

# The columns of text that name or choose something. What a problem or a change
# is about is text that happens to be a key.
code_columns <- function(name) {
  columns <- describe_columns(name)
  chosen <- !is.na(columns$values)
  if (!name %in% c("problem", "change")) {
    chosen <- chosen | columns$key == "yes"
  }
  columns$column[chosen & columns$type == "text"]
}
