variables {
  file           = "tests/fixtures/schedules.json"
  project_folder = ".."
  connections    = []
}

run "schedules_that_aws_takes" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = {
      schedules = "cron(0 4 * * ? *)|cron(0/15 8-17 ? * MON-FRI *)|cron(0 8 1 * ? *)|cron(30 20 ? * 6#3 *)|cron(0 0 L * ? *)|cron(0 0 15W JAN,jul ? 2026-2030)|cron(5,35 14 * * ? *)|cron(0 10 ? * 6L *)"
    }
  }
  assert {
    condition     = length(output.starts) == 8 && length(output.problems) == 0
    error_message = jsonencode(output.problems)
  }
}

run "schedules_that_aws_refuses" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = {
      schedules = "cron(0 25 * * ? *)|cron(60 4 * * ? *)|cron(0 4 * * *)|cron(0 4 * * * *)|cron(0 4 ? * ? *)|0 4 * * ? *|rate(1 hour)|daily|cron(0 4 32 * ? *)|cron(0 4 ? * 8 *)|cron(0 4 * 13 ? *)|cron(0/0 4 * * ? *)||cron(0 4 * * ? 2300)"
    }
  }
  assert {
    condition = output.problems == [
      for i, schedule in split("|", var.values.schedules) : "workflow ${substr("abcdefghijklmnopqrstuvwxyz", i, 1)} has the schedule '${schedule}', which AWS does not accept; write cron(minutes hours day-of-month month day-of-week year) with ? for one of the days"
    ]
    error_message = jsonencode(output.problems)
  }
}

run "schedules_that_are_too_quick_for_glue" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = { schedules = "cron(* 4 * * ? *)|cron(0/2 * * * ? *)|cron(*/5 * * * ? *)" }
  }
  assert {
    condition = output.problems == [
      "workflow a has the schedule 'cron(* 4 * * ? *)'; Glue starts at most every five minutes",
      "workflow b has the schedule 'cron(0/2 * * * ? *)'; Glue starts at most every five minutes",
    ]
    error_message = jsonencode(output.problems)
  }
}
