# What R says of myeloid.csv:  Rscript examples/myeloid/results.R examples/myeloid/myeloid.csv OUT.csv
# Needs the packages survival and cmprsk. One line a number: what, day, name, value.
suppressMessages({ library(survival); library(cmprsk) })
paths <- commandArgs(trailingOnly = TRUE)
patients <- read.csv(paths[1])
days <- c(100, 365, 730, 1500)
found <- data.frame()
say <- function(what, values, day = NA) {
  found <<- rbind(found, data.frame(what, day, name = names(values), value = unname(values)))
}

curve <- function(what, time, event) {
  fit <- survfit(Surv(time, event) ~ 1, conf.type = "log-log")
  at <- summary(fit, times = days)
  for (i in seq_along(days)) {
    say(what, c(n_risk = at$n.risk[i], survival = at$surv[i], std_error = at$std.err[i],
                ci_lower = at$lower[i], ci_upper = at$upper[i]), days[i])
  }
  middle <- summary(fit)$table
  say(paste(what, "median"), c(days = middle[["median"]], lower = middle[["0.95LCL"]]))
}

compare <- function(what, time, event, group) {
  say(what, c(chi_square = survdiff(Surv(time, event) ~ group)$chisq))
  fit <- coxph(Surv(time, event) ~ group, ties = "efron")
  say(what, c(coefficient = unname(coef(fit)), std_error = sqrt(vcov(fit)[1, 1])))
}

# overall survival from diagnosis, and until a transplant
with(patients, {
  curve("os diagnosis", futime, death)
  early <- !is.na(txtime)
  curve("os_allo_censored diagnosis", ifelse(early, txtime, futime), ifelse(early, 0, death))
  compare("os diagnosis by sex", futime, death, sex)
})

# a transplant as it comes, and by day 180
steps <- tmerge(patients[, c("id", "sex")], patients, id = id, death = event(futime, death), allo = tdc(txtime))
fit <- coxph(Surv(tstart, tstop, death) ~ allo, steps, ties = "efron")
say("os diagnosis by transplant as it comes", c(coefficient = coef(fit)[[1]], std_error = sqrt(vcov(fit)[1, 1])))
there <- subset(patients, futime > 180)
with(there, compare("os diagnosis by transplant by day 180", futime - 180, death, !is.na(txtime) & txtime <= 180))

# from remission and from transplant
remitted <- subset(patients, !is.na(crtime))
remitted$time <- with(remitted, ifelse(is.na(rltime), futime, rltime) - crtime)
remitted$what <- with(remitted, ifelse(!is.na(rltime), 1, ifelse(death == 1, 2, 0)))
with(remitted, {
  curve("os remission", futime - crtime, death)
  curve("lfs remission", time, what > 0)
  compare("lfs remission by sex", time, what > 0, sex)
  at <- timepoints(cuminc(time, what, cencode = 0), days)
  for (cause in 1:2) for (i in seq_along(days)) {
    say(paste(c("relapse", "nrm")[cause], "remission"),
        c(incidence = at$est[cause, i], std_error = sqrt(at$var[cause, i])), days[i])
  }
  tests <- cuminc(time, what, sex, cencode = 0)$Tests
  say("relapse remission by sex", c(chi_square = tests[1, "stat"]))
  say("nrm remission by sex", c(chi_square = tests[2, "stat"]))
  for (cause in 1:2) {
    model <- crr(time, what, as.numeric(sex == "m"), failcode = cause, cencode = 0)
    say(paste(c("relapse", "nrm")[cause], "remission by sex"),
        c(coefficient = model$coef[[1]], std_error = sqrt(model$var[1, 1])))
  }
})
with(subset(patients, !is.na(txtime)), curve("os allo_transplant", futime - txtime, death))

found$value <- ifelse(is.na(found$value), NA, trimws(formatC(found$value, digits = 12, format = "g")))
write.csv(found, paths[2], row.names = FALSE, quote = FALSE, na = "")
cat(nrow(found), "numbers by", R.version.string, "survival", format(packageVersion("survival")),
    "cmprsk", format(packageVersion("cmprsk")), "\n")
