# Each run changes one value of fixtures/workflows.json and names what is then wrong.

variables {
  file           = "tests/fixtures/workflows.json"
  project_folder = ".."
  connections    = ["music-rds", "music-redshift"]
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

run "a_circle" {
  command = plan
  module {
    source = "./workflow_file"
  }
  variables {
    values = merge(var.values, { started = "second" })
  }
  assert {
    condition     = output.problems == ["workflow chain runs in a circle through second"]
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
