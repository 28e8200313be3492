# The consensus group's main tables in R, from an extract:
#
#   mst extract examples/cohorts/elderly-aml.yaml --to rows --reason "the main tables"
#   Rscript examples/consensus_tables/tables.R rows [FOLDER FOR CSV FILES]
#
# Needs R and its recommended package survival, nothing else. tables.ipynb makes the same tables in Python.

library(survival)

given <- commandArgs(trailingOnly = TRUE)
if (length(given) < 1) stop("name the folder of the extract")
rows_of <- function(table) {
  read.csv(file.path(given[1], paste0(table, ".csv")), na.strings = "", stringsAsFactors = FALSE)
}
tell <- function(name, table) {
  cat("\n", name, "\n", sep = "")
  print(table, row.names = FALSE)
  if (length(given) > 1) {
    write.csv(table, file.path(given[2], paste0(name, ".csv")), row.names = FALSE, na = "")
  }
}

tell("steps", rows_of("attrition"))
patients <- rows_of("dim_patient")

# Patient characteristics: percent of those of whom it is known
levels_of <- function(column) {
  counts <- table(patients[[column]])
  data.frame(
    characteristic = column, level = c(names(counts), "not on record"),
    patients = c(as.integer(counts), sum(is.na(patients[[column]]))),
    percent = c(round(100 * as.integer(counts) / sum(counts), 1), NA)
  )
}
tell("characteristics", do.call(rbind, lapply(
  c("sex", "age_group", "onset_type", "eln_2022", "fitness_class", "first_donor_category",
    "first_induction_intensity"), levels_of)))

# CR rate after induction, of the evaluable, with exact intervals
response_of <- function(group, best) {
  evaluable <- sum(!is.na(best) & best != "not evaluable")
  cr <- sum(best == "CR", na.rm = TRUE)
  limits <- if (evaluable > 0) binom.test(cr, evaluable)$conf.int else c(NA, NA)
  data.frame(
    group = group, started = length(best), evaluable = evaluable, cr = cr,
    cr_percent = round(100 * cr / evaluable, 1),
    lower = round(100 * limits[1], 1), upper = round(100 * limits[2], 1),
    cr_crh_cri = sum(best %in% c("CR", "CRh", "CRi"))
  )
}
by_age <- split(patients$induction_response, patients$age_group)
tell("response", rbind(
  response_of("all", patients$induction_response),
  do.call(rbind, Map(response_of, names(by_age), by_age))))

# Survival: Kaplan-Meier with log-log intervals
endpoints <- rows_of("fct_endpoint")
curve_of <- function(endpoint, origin) {
  chosen <- endpoints[endpoints$endpoint == endpoint & endpoints$origin == origin, ]
  survfit(Surv(time_days, status) ~ 1, data = chosen, conf.type = "log-log")
}
curves <- list(os = curve_of("os", "first_course"), efs = curve_of("efs", "first_course"),
               lfs = curve_of("lfs", "remission"))
percent <- function(share) round(100 * share, 1)
tell("survival", do.call(rbind, lapply(names(curves), function(name) {
  at <- summary(curves[[name]], times = 365 * 1:3, extend = TRUE)
  data.frame(endpoint = name, years = 1:3, at_risk = at$n.risk, percent = percent(at$surv),
             lower = percent(at$lower), upper = percent(at$upper))
})))
tell("medians", do.call(rbind, lapply(names(curves), function(name) {
  told <- summary(curves[[name]])$table
  data.frame(endpoint = name, patients = told[["records"]], events = told[["events"]],
             median_days = told[["median"]], lower = told[["0.95LCL"]], upper = told[["0.95UCL"]])
})))

# Adherence by section, default readings; percent of those who could be judged
verdicts <- rows_of("fct_verdict")
verdicts <- verdicts[verdicts$is_default, ]
verdicts$section <- sub("^MST-([0-9.]+)-.*", "\\1", verdicts$recommendation_id)
verdicts$verdict <- factor(verdicts$verdict, c("met", "deviated", "not_evaluable", "not_applicable"))
counts <- as.data.frame.matrix(table(verdicts$section, verdicts$verdict))
tell("adherence", data.frame(
  section = rownames(counts), counts,
  percent = round(100 * counts$met / (counts$met + counts$deviated), 1)))
