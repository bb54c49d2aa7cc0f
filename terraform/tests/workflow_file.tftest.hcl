# Each run changes one value of fixtures/workflows.json and names what is then wrong.

variables {
  file           = "tests/fixtures/workflows.json"
  project_folder = ".."
  connections    = ["music-rds", "music-redshift"]
  flex_kinds     = ["archive_files"]
  values = {
    worker_type         = "G.1X"
    workers             = "2"
    timeout_minutes     = "60"
    bookmark            = "disable"
    max_concurrent_runs = "1"
    key                 = "description"
    script              = "load_streams"
    connection          = "music-redshift"
    schedule            = "cron(0/15 4-6 ? * MON-FRI *)"
    type                = "CONDITIONAL"
    name                = "after_second"
    awaited             = "second"
    state               = "SUCCEEDED"
    started             = "third"
    other               = "alone"
  }
}

run "the_workflows_of_the_project_are_right" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    file = "../glue_jobs/workflows.json"
    values = {
      landing_bucket      = "landing"
      lake_bucket         = "lake"
      ledger_table        = "ledger"
      rds_connection      = "music-rds"
      redshift_connection = "music-redshift"
      redshift_role       = "role"
      reader_group        = "none"
    }
  }
  assert {
    condition     = length(output.problems) == 0
    error_message = join("; ", output.problems)
  }
}

run "defaults_are_filled_in" {
  command = plan
  module {
    source = "./workflow_file"
  }
  assert {
    condition     = length(output.problems) == 0
    error_message = join("; ", output.problems)
  }
  assert {
    condition     = output.jobs.third.worker_type == "G.1X" && output.jobs.third.timeout_minutes == 60 && output.jobs.third.arguments["--datasets"] == "users"
    error_message = jsonencode(output.jobs.third)
  }
  assert {
    condition     = output.jobs.third.execution_class == "FLEX" && output.jobs.first.execution_class == "STANDARD"
    error_message = "flex_kinds decides on the execution class"
  }
  assert {
    condition     = output.starts.chain.type == "SCHEDULED" && output.starts.other.type == "ON_DEMAND" && join(" ", keys(output.triggers)) == "after_first after_second"
    error_message = jsonencode(output.starts)
  }
}

run "settings_of_an_environment_win" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    job_settings = { second = { worker_type = "G.2X", number_of_workers = 10 } }
    start        = { chain = { type = "event", batch_size = 5 } }
  }
  assert {
    condition     = output.jobs.second.worker_type == "G.2X" && output.jobs.second.number_of_workers == 10 && output.jobs.second.timeout_minutes == 60
    error_message = jsonencode(output.jobs.second)
  }
  assert {
    condition     = output.starts.chain.type == "EVENT" && output.starts.chain.batch_size == 5 && output.starts.chain.batch_window_seconds == 900 && output.starts.chain.schedule == null
    error_message = jsonencode(output.starts.chain)
  }
}

run "a_circle" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = merge(var.values, { started = "second" })
  }
  assert {
    condition     = output.problems == ["workflow chain runs in a circle: second lead back to themselves"]
    error_message = jsonencode(output.problems)
  }
}

run "an_unknown_job_in_an_action" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = merge(var.values, { started = "fourth" })
  }
  assert {
    condition     = output.problems == ["trigger after_second starts the unknown job fourth"]
    error_message = jsonencode(output.problems)
  }
}

run "an_unknown_job_in_a_condition" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = merge(var.values, { awaited = "fourth" })
  }
  assert {
    condition     = contains(output.problems, "trigger after_second waits for the unknown job fourth") && contains(output.problems, "job third is never started: no trigger that follows from the start of workflow chain names it")
    error_message = jsonencode(output.problems)
  }
}

run "a_job_of_another_workflow" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = merge(var.values, { started = "alone" })
  }
  assert {
    condition     = output.problems == ["trigger after_second of workflow chain names job alone of workflow other"]
    error_message = jsonencode(output.problems)
  }
}

run "two_start_triggers" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = merge(var.values, { type = "SCHEDULED" })
  }
  assert {
    condition     = contains(output.problems, "workflow chain has the start triggers start and after_first; it can have only one")
    error_message = jsonencode(output.problems)
  }
}

run "a_trigger_of_no_known_type" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = merge(var.values, { type = "WHENEVER" })
  }
  assert {
    condition     = output.problems == ["trigger after_first has the type 'WHENEVER'; it takes CONDITIONAL, SCHEDULED, EVENT or ON_DEMAND"]
    error_message = jsonencode(output.problems)
  }
}

run "a_trigger_twice" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = merge(var.values, { name = "after_first" })
  }
  assert {
    condition     = output.problems == ["trigger after_first is defined 2 times"]
    error_message = jsonencode(output.problems)
  }
}

run "a_job_in_two_workflows" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = merge(var.values, { other = "third" })
  }
  assert {
    condition     = contains(output.problems, "job third is defined in workflows chain and other: a job belongs to one")
    error_message = jsonencode(output.problems)
  }
}

run "an_unknown_worker_type" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    job_settings = { second = { worker_type = "G.3X" } }
  }
  assert {
    condition     = output.problems == ["job second has the worker type 'G.3X'; Glue knows G.1X, G.2X, G.4X, G.8X, G.12X, G.16X, R.1X, R.2X, R.4X, R.8X"]
    error_message = jsonencode(output.problems)
  }
}

run "a_worker_type_without_spare_capacity" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    job_settings = { third = { worker_type = "G.8X" } }
  }
  assert {
    condition     = output.problems == ["job third has the worker type G.8X, which cannot be FLEX; take one of G.1X, G.2X or take archive_files out of flex_kinds"]
    error_message = jsonencode(output.problems)
  }
}

run "numbers_out_of_range" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    job_settings = { third = { number_of_workers = 1, timeout_minutes = 20000, max_retries = 11 } }
  }
  assert {
    condition = output.problems == [
      "job third has 1 workers; it needs 2 to 299",
      "job third has a timeout of 20000 minutes; Glue takes 1 to 10080",
      "job third has 11 retries; Glue takes 0 to 10",
    ]
    error_message = jsonencode(output.problems)
  }
}

run "a_bookmark_and_two_runs_at_once" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = merge(var.values, { bookmark = "enable", max_concurrent_runs = "2" })
  }
  assert {
    condition     = contains(output.problems, "job second may run 2 times at once; with a bookmark it may once")
    error_message = jsonencode(output.problems)
  }
}

run "names_that_nothing_has" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values       = merge(var.values, { script = "nowhere", connection = "music-oracle", key = "memory", bookmark = "perhaps", state = "DONE" })
    job_settings = { fourth = { max_retries = 1 } }
    start        = { daily = { type = "on_demand" } }
  }
  assert {
    condition = alltrue([for problem in [
      "job first has the unknown key memory",
      "job second names the script 'glue_jobs/nowhere.py', which is not there",
      "job second uses the unknown connection music-oracle; there are music-rds, music-redshift",
      "job third has the bookmark 'perhaps'; it takes enable, disable or pause",
      "job_settings names the unknown job fourth",
      "trigger after_second waits for the state 'DONE'; Glue takes SUCCEEDED, FAILED, TIMEOUT, STOPPED",
      "start names the unknown workflow daily; there are chain, other",
    ] : contains(output.problems, problem)])
    error_message = jsonencode(output.problems)
  }
}

run "schedules_that_aws_takes" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    file = "tests/fixtures/schedules.json"
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
    file = "tests/fixtures/schedules.json"
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
    file   = "tests/fixtures/schedules.json"
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
