england <- stp_example("england")

work <- function(progress) {
  stp_bridge(england, "average_plan", method = "shapley", progress = progress)
}

test_that("progress is told", {
  expected <- work(FALSE)
  seen <- c()
  expect_identical(work(function(done) seen <<- c(seen, done)), expected)
  expect_gt(length(seen), 1)
  expect_true(all(diff(seen) >= 0) && all(seen >= 0) && all(seen <= 1))
  expect_output(expect_identical(work(TRUE), expected), NA)
})

test_that("a function may stop the work, or fail", {
  expect_error(work(function(done) FALSE), class = "stpfin_error_cancelled")
  expect_error(work(function(done) stop("out of patience")), "out of patience")
  expect_error(work(function() TRUE), "unused argument")
  expect_error(work(function(done) stp_project(england, "nowhere")), class = "stpfin_error_argument")
  # The library is as it was.
  expect_identical(nrow(work(FALSE)), nrow(work(function(done) gc())))
})

test_that("an interrupt stops the work as an interrupt", {
  skip_on_os("windows")
  interrupted <- function(progress) {
    tryCatch(
      {
        work(progress)
        "done"
      },
      interrupt = function(condition) "interrupted"
    )
  }
  interrupt <- function(done) tools::pskill(Sys.getpid(), tools::SIGINT)
  expect_identical(interrupted(interrupt), "interrupted")
  # While C is at work alone.
  parent <- Sys.getpid()
  waiting <- parallel::mcparallel({
    Sys.sleep(0.3)
    tools::pskill(parent, tools::SIGINT)
  })
  answer <- tryCatch(
    repeat work(FALSE),
    interrupt = function(condition) "interrupted"
  )
  parallel::mccollect(waiting)
  expect_identical(answer, "interrupted")
  expect_identical(interrupted(FALSE), "done")
})
