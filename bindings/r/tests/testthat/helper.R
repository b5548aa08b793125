# A plan of one commissioner and one provider.
small_tables <- function(...) {
  tables <- list(
    footprint = data.frame(footprint = "vale", name = "The Vale"),
    organisation = data.frame(
      organisation = c("ccg", "trust"), name = c("Vale CCG", "Vale Hospitals"),
      kind = c("commissioner", "provider")
    ),
    membership = data.frame(organisation = c("ccg", "trust"), footprint = "vale", share = 1),
    service = data.frame(
      service = "ae", name = "A&E attendance", setting = "acute", unit = "attendance"
    ),
    flow = data.frame(
      commissioner = "ccg", provider = "trust", service = "ae",
      activity = 60000, income = 9e6, cost = 9.6e6
    ),
    activity_growth = data.frame(rate = 0.02)
  )
  given <- list(...)
  tables[names(given)] <- given
  tables
}

small_plan <- function(...) stp_plan(small_tables(...), base_year = 2025, end_year = 2027)

gap_of <- function(plan) subset(stp_project(plan)$position, organisation == "trust")$gap

temporary_folder <- function() {
  folder <- tempfile()
  dir.create(folder)
  folder
}
