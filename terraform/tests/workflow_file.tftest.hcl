# Each run changes one value of fixtures/workflows.json and names what is then wrong.

variables {
  file           = "tests/fixtures/workflows.json"
  project_folder = ".."
  connections    = ["music-rds", "music-redshift"]
  flex_kinds     = ["clean_up"]
  values = {
    glue_version        = "5.1"
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
    condition     = alltrue([for job in output.jobs : job.execution_class == "STANDARD"])
    error_message = "A workflow that starts several times a day cannot wait for spare capacity."
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

run "a_version_of_glue_that_the_jobs_do_not_run_on" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = merge(var.values, { glue_version = "4.0" })
  }
  assert {
    condition     = contains(output.problems, "job second has the Glue version '4.0'; take one of 5.0, 5.1, 6.0")
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

run "a_workflow_that_starts_once_a_day_may_wait" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    start = { chain = { type = "schedule", schedule = "cron(0 4 * * ? *)" } }
  }
  assert {
    condition     = output.jobs.third.execution_class == "FLEX" && output.jobs.first.execution_class == "STANDARD"
    error_message = "flex_kinds decides on the execution class"
  }
}

run "a_worker_type_without_spare_capacity" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    job_settings = { third = { worker_type = "G.8X" } }
    start        = { chain = { type = "schedule", schedule = "cron(0 4 * * ? *)" } }
  }
  assert {
    condition     = output.problems == ["job third has the worker type G.8X, which cannot be FLEX; take one of G.1X, G.2X or take clean_up out of flex_kinds"]
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
