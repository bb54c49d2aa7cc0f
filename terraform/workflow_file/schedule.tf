# cron(minutes hours day-of-month month day-of-week year), as AWS reads it: https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html
locals {
  numbers = {
    minutes      = "[0-5]?[0-9]"
    hours        = "(?:[01]?[0-9]|2[0-3])"
    day_of_month = "(?:0?[1-9]|[12][0-9]|3[01])"
    month        = "(?:0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
    day_of_week  = "(?:[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)"
    year         = "(?:19[7-9][0-9]|2[01][0-9][0-9])"
  }
  special = {
    day_of_month = "\\?|L|LW|${local.numbers.day_of_month}W"
    day_of_week  = "\\?|L|${local.numbers.day_of_week}L|${local.numbers.day_of_week}#[1-5]"
  }
  parts = {
    for field, number in local.numbers : field => join("|", compact([
      "(?:\\*|${number}(?:-${number})?)(?:/0*[1-9][0-9]*)?", lookup(local.special, field, "")
    ]))
  }
  fields   = { for field, part in local.parts : field => "(?:${part})(?:,(?:${part}))*" }
  any_cron = "(?i)^cron\\(${join(" +", [for field in ["minutes", "hours", "day_of_month", "month", "day_of_week", "year"] : "(?:${local.fields[field]})"])}\\)$"

  # One of the two days is the question mark, the other is not.
  one_day = "^cron\\( *\\S+ +\\S+ +(?:\\? +\\S+ +[^?\\s]+|[^?\\s]+ +\\S+ +\\?) +\\S+ *\\)$"

  # Glue fires at most every five minutes.
  too_often = "^cron\\( *(?:\\*|\\*/0*[1-4]|[0-9]+/0*[1-4]) "

  # One minute of one hour. A FLEX run may wait twenty minutes for capacity: a workflow that starts more often, one at a
  # time, would fall behind, and whoever starts one by hand or by an event waits for its end.
  once_a_day      = "^cron\\( *[0-9]+ +[0-9]+ "
  daily_workflows = [for workflow, schedule in local.start_schedules : workflow if can(regex(local.once_a_day, coalesce(schedule, "-")))]

  wrong_schedules = {
    for workflow, schedule in local.start_schedules : workflow => schedule
    if schedule != null && !(can(regex(local.any_cron, coalesce(schedule, "-"))) && can(regex(local.one_day, coalesce(schedule, "-"))))
  }
  hasty_schedules = {
    for workflow, schedule in local.start_schedules : workflow => schedule
    if schedule != null && can(regex(local.too_often, coalesce(schedule, "-")))
  }
}
