test_that("plans and projections survive saving", {
  plan <- small_plan()
  projection <- stp_project(plan)
  file <- tempfile()
  saveRDS(list(plan = plan, projection = projection), file)
  back <- readRDS(file)
  expect_identical(stp_hash(back$plan), stp_hash(plan))
  expect_identical(back$projection$position, projection$position)
  expect_identical(readRDS(file)$projection$position, projection$position)
  expect_identical(stp_settings(back$plan), stp_settings(plan))
  serialised <- unserialize(serialize(projection, NULL))
  expect_output(print(serialised), "total gap")
})

test_that("a broken handle is an error, not a crash", {
  plan <- small_plan()
  broken <- plan
  attr(broken, "handle") <- NULL
  expect_error(stp_hash(broken), "no longer a whole plan", class = "stpfin_error_argument")
  attr(broken, "handle") <- list2env(list(pointer = 1))
  expect_identical(stp_hash(broken), stp_hash(plan))
  attr(broken, "handle") <- new.env()
  expect_identical(stp_hash(broken), stp_hash(plan))
  projection <- stp_project(plan)
  # The handle of something else.
  attr(broken, "handle") <- attr(projection, "handle")
  expect_error(stp_hash(broken), "is no live stpfin_plan", class = "stpfin_error_argument")
  expect_error(stp_hash(structure(list(), class = "stp_plan")), class = "stpfin_error_argument")
  expect_error(stp_result(structure(list(), class = "stp_projection")), class = "stpfin_error_argument")
  expect_error(stp_result(plan), class = "stpfin_error_argument")
  pointer <- attr(plan, "handle")$pointer
  expect_output(print(pointer), "pointer")
  expect_error(stp_hash(pointer), "is a plan", class = "stpfin_error_argument")
})

test_that("every routine refuses what it does not take", {
  routines <- getDLLRegisteredRoutines("stpfin")$.Call
  wrong <- list(
    NULL, NA, 1, "a", list(), list(1), sum, quote(a), new.env(), c(1.5, 2), NA_character_, NaN, -1, 1e300,
    character(), TRUE, as.raw(1), attr(small_plan(), "handle")$pointer, 1i, structure(list(a = 1), class = "x")
  )
  names <- setdiff(names(routines), c(
    "R_swig_stpfin_version", "R_swig_stpfin_projection_results", "R_swig_is_live"
  ))
  expect_gt(length(names), 30)
  folder <- temporary_folder()
  old <- setwd(folder)
  on.exit(setwd(old))
  for (name in names) {
    routine <- routines[[name]]
    for (value in wrong) {
      # Whatever comes back, R goes on.
      arguments <- c(rep(list(value), routine$numParameters - 1), list(FALSE))
      result <- tryCatch(do.call(.Call, c(list(routine), arguments)), error = identity)
      expect_true(is.list(result) || is.null(result) || is.atomic(result))
    }
  }
})

test_that("memory is given back", {
  skip_if_not(file.exists("/proc/self/statm"))
  resident <- function() {
    gc()
    as.numeric(strsplit(readLines("/proc/self/statm"), " ")[[1]][2]) * 4096
  }
  plan <- stp_example("england")
  once <- function() {
    projection <- stp_project(stp_replace(plan, flow = plan$flow), "average_plan")
    projection$funding_gap
    stp_json(projection, "funding_gap")
    stp_join(stp_simulate(plan, draws = 2))
    try(stp_replace(plan, flow = plan$footprint), silent = TRUE)
  }
  for (i in 1:20) once()
  before <- resident()
  for (i in 1:20) once()
  # A plan and its projection are some 15 MB.
  expect_lt(resident() - before, 30e6)
})

test_that("forked processes use plans", {
  skip_on_os("windows")
  plan <- small_plan()
  projection <- stp_project(plan)
  gaps <- parallel::mclapply(1:4, function(i) {
    gc()
    list(gap_of(plan), projection$position, gap_of(stp_replace(plan, end_year = 2026)))
  }, mc.cores = 2)
  expect_identical(gaps[[1]][[1]], gap_of(plan))
  expect_identical(gaps[[4]][[2]], projection$position)
  expect_identical(length(unique(gaps)), 1L)
  expect_identical(gap_of(plan), gaps[[1]][[1]])
})

test_that("the binding holds under gctorture", {
  tables <- small_tables()
  expected <- gap_of(small_plan())
  call_c <- getFromNamespace("call_c", "stpfin")
  routines <- getDLLRegisteredRoutines("stpfin")$.Call
  run <- function(name, ...) call_c(routines[[paste0("R_swig_", name)]], ...)
  plan <- small_plan(uncertainty = data.frame(
    parameter = "growth", table = "activity_growth", column = "rate", mode = "add", distribution = "uniform",
    p1 = 0, p2 = 0.01
  ))
  pointer <- attr(plan, "handle")$pointer
  simulated <- stp_simulate(plan, "do_nothing-do_nothing", c("funding_gap.gap", "position.gap"), draws = 3)
  old <- gctorture(TRUE)
  on.exit(gctorture(old))
  builder <- run("stpfin_table_builder_new", "flow")$out_builder
  run("stpfin_table_builder_add_text", builder, "a", c("x", NA, "\u00e9"))
  run("stpfin_table_builder_add_codes", builder, "b", c(0L, -1L, 1L), c("p", "q"))
  run("stpfin_table_builder_add_double", builder, "c", c(1, NA, 3))
  run("stpfin_table_builder_add_int32", builder, "d", c(1L, NA, 3L))
  table <- run("stpfin_table_builder_finish", builder)$out_table
  a <- run("stpfin_table_get_text", table, 0)$out_codes
  b <- run("stpfin_table_get_text", table, 1)$out_codes
  c <- run("stpfin_table_get_double", table, 2)$out_x
  d <- run("stpfin_table_get_int32", table, 3)$out_x
  failure <- tryCatch(run("stpfin_table_get_int32", table, 0), error = identity)
  projection <- run(
    "stpfin_project", pointer, 0L, character(), 2L, c("life_expectancy", "life_expectancy"),
    c(NA, "female"), c(82, 84), TRUE, NULL
  )$out_projection
  position <- run("stpfin_projection_get_table", projection, "position", function(done) TRUE)$out_table
  gap <- run("stpfin_table_get_double", position, run("stpfin_table_find", position, "gap")$out_column)$out_x
  stamp <- run("stpfin_projection_get_stamp", projection)$out_stamp
  json <- run("stpfin_results_json", list(position), stamp)$out_text
  results <- run("stpfin_projection_results")
  award <- run("stpfin_fund_share", 0L, 10, c(10, 30), NULL, c(NA, 8), NULL, NULL, -1, 2)$out_award
  pieces <- lapply(1:3, function(end) {
    run(
      "stpfin_simulate", pointer, "do_nothing-do_nothing", c("funding_gap.gap", "position.gap"), 3, 1, end - 1, end,
      0L, 1L, 0L, 1, function(done) TRUE
    )$out_simulation
  })
  joined <- run("stpfin_simulation_join", pieces)$out_simulation
  draws <- run("stpfin_simulation_get_draws", joined)$out_draws
  counts <- run("stpfin_simulation_get_summary", joined)$out_summary
  sought <- run(
    "stpfin_seek", pointer, "growth", "funding_gap.gap", NULL, NULL, 0, 1e12, NaN, NaN, 0L, NULL
  )
  gctorture(old)
  expect_identical(draws, simulated$draws)
  expect_identical(as.data.frame(counts), summary(simulated))
  expect_match(sought$out_said, "nearest")
  expect_identical(as.character(a), c("x", NA, "\u00e9"))
  expect_identical(b, factor(c("p", NA, "q")))
  expect_identical(c, c(1, NA, 3))
  expect_identical(d, c(1L, NA, 3L))
  expect_s3_class(failure, "stpfin_error_column")
  expect_identical(gap[4:6], expected)
  expect_match(json, "position")
  expect_identical(results, stp_results())
  expect_identical(stamp$overdispersed, TRUE)
  expect_equal(award, c(2, 8))
})
