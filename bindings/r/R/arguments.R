# What is given to functions, checked by type and never coerced in silence.

is_flag <- function(x) is.logical(x) && length(x) == 1 && !is.na(x)

as_flag <- function(x, what) {
  if (!is_flag(x)) {
    stop_argument(what, " is neither TRUE nor FALSE")
  }
  x
}

# A text; NULL where it may be left out.
as_text <- function(x, what, optional = FALSE) {
  if (is.null(x) && optional) {
    return(NULL)
  }
  if (is.factor(x)) {
    x <- as.character(x)
  }
  if (!is.character(x) || length(x) != 1 || is.na(x)) {
    stop_argument(what, " is one text, not ", shown(x))
  }
  x
}

as_texts <- function(x, what) {
  if (is.factor(x)) {
    x <- as.character(x)
  }
  if (!is.null(x) && (!is.character(x) || anyNA(x))) {
    stop_argument(what, " is a character vector without NA, not ", shown(x))
  }
  as.character(x)
}

as_path <- function(x, what) path.expand(as_text(x, what))

as_number <- function(x, what) {
  if (!is.numeric(x) || is.object(x) || length(x) != 1 || !is.finite(x)) {
    stop_argument(what, " is one number, not ", shown(x))
  }
  as.double(x)
}

as_whole <- function(x, what) {
  if (!is.numeric(x) || is.object(x) || length(x) != 1 || !is.finite(x) || x != floor(x) ||
    x < 0 || x > 2^53) {
    stop_argument(what, " is one whole number from 0 to 2^53, not ", shown(x))
  }
  as.double(x)
}

# A financial year, as 2015 or "2015/16".
as_year <- function(x, what) {
  if (is.factor(x)) {
    x <- as.character(x)
  }
  if (is.character(x) && length(x) == 1 && grepl("^[0-9]{4}([/-][0-9]{2}|[/-][0-9]{4})?$", x)) {
    first <- as.integer(substr(x, 1, 4))
    last <- substring(x, 6)
    if (!nzchar(last) || as.integer(last) %% 10^nchar(last) == (first + 1L) %% 10^nchar(last)) {
      return(as.double(first))
    }
  }
  if (!is.numeric(x) || is.object(x) || length(x) != 1 || !is.finite(x) || x != floor(x)) {
    stop_argument(what, " is a financial year, as 2015 or \"2015/16\", not ", shown(x))
  }
  as.double(x)
}

as_choice <- function(x, choices, what) {
  if (identical(x, choices)) {
    return(choices[1])
  }
  x <- as_text(x, what)
  if (!x %in% choices) {
    stop_argument(what, " is one of ", paste0('"', choices, '"', collapse = ", "), ", not ", shown(x))
  }
  x
}

# A value in a few words.
shown <- function(x) {
  if (is.null(x)) {
    return("NULL")
  }
  if (is.atomic(x) && length(x) == 1 && !is.object(x)) {
    return(deparse(x, nlines = 1))
  }
  if (is.atomic(x) && !is.object(x)) {
    return(paste("a vector of", length(x)))
  }
  paste("an object of class", paste(class(x), collapse = "/"))
}

need_package <- function(package, for_what) {
  if (!requireNamespace(package, quietly = TRUE)) {
    stop_stpfin(
      "package", for_what, " needs the package ", package, ": install it with install.packages(\"",
      package, "\") or, on Debian, apt install r-cran-", tolower(package)
    )
  }
}

year_label <- function(year) sprintf("%d/%02d", as.integer(year), (as.integer(year) + 1L) %% 100L)
