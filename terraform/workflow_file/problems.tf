locals {
  job_keys = [
    "arguments", "bookmark", "connections", "description", "glue_version", "max_concurrent_runs", "max_retries", "number_of_workers", "script",
    "timeout_minutes", "worker_type",
  ]
  # https://docs.aws.amazon.com/glue/latest/dg/add-job.html (G.025X is for streaming jobs only).
  worker_types  = ["G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X"]
  glue_versions = ["5.0", "5.1", "6.0"]
  flex_types    = ["G.1X", "G.2X"]
  states        = ["SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED"]

  job_problems = flatten([
    [for name, found in local.jobs_by_name : "job ${name} is defined in workflows ${join(" and ", found[*].workflow)}: a job belongs to one" if length(found) > 1],
    [for job in local.job_list : [
      for key in setsubtract(keys(job.given), local.job_keys) : "job ${job.name} has the unknown key ${key}"
    ]],
    [for name, job in local.jobs : "job ${name} names the script '${job.script}', which is not there" if !fileexists("${var.project_folder}/${job.script}")],
    [for name, job in local.jobs : "job ${name} has the Glue version '${job.glue_version}'; take one of ${join(", ", local.glue_versions)}" if !contains(local.glue_versions, job.glue_version)],
    [for name, job in local.jobs : "job ${name} has the worker type '${job.worker_type}'; Glue knows ${join(", ", local.worker_types)}" if !contains(local.worker_types, job.worker_type)],
    [for name, job in local.jobs : "job ${name} has the worker type ${job.worker_type}, which cannot be FLEX; take one of ${join(", ", local.flex_types)} or take ${job.kind} out of flex_kinds" if job.execution_class == "FLEX" && contains(setsubtract(local.worker_types, local.flex_types), job.worker_type)],
    [for name, job in local.jobs : "job ${name} has ${job.number_of_workers} workers; it needs 2 to 299" if !(job.number_of_workers >= 2 && job.number_of_workers <= 299)],
    [for name, job in local.jobs : "job ${name} has a timeout of ${job.timeout_minutes} minutes; Glue takes 1 to 10080" if !(job.timeout_minutes >= 1 && job.timeout_minutes <= 10080)],
    [for name, job in local.jobs : "job ${name} has ${job.max_retries} retries; Glue takes 0 to 10" if !(job.max_retries >= 0 && job.max_retries <= 10)],
    [for name, job in local.jobs : "job ${name} has the bookmark '${job.bookmark}'; it takes enable, disable or pause" if !contains(["enable", "disable", "pause"], job.bookmark)],
    [for name, job in local.jobs : "job ${name} may run ${job.max_concurrent_runs} times at once; with a bookmark it may once" if job.bookmark == "enable" && job.max_concurrent_runs != 1],
    [for name, job in local.jobs : [
      for connection in setsubtract(job.connections, var.connections) : "job ${name} uses the unknown connection ${connection}; there are ${join(", ", var.connections)}"
    ]],
    [for name in setsubtract(keys(var.job_settings), keys(local.jobs)) : "job_settings names the unknown job ${name}"],
  ])

  trigger_problems = flatten([
    [for name, found in local.triggers_by_name : "trigger ${name} is defined ${length(found)} times" if length(found) > 1],
    [for trigger in local.trigger_list : [
      for action in trigger.actions : "trigger ${trigger.name} starts the unknown job ${action.job}" if !contains(keys(local.jobs), action.job)
    ]],
    [for trigger in local.trigger_list : [
      for condition in trigger.when : "trigger ${trigger.name} waits for the unknown job ${condition.job}" if !contains(keys(local.jobs), condition.job)
    ]],
    [for trigger in local.trigger_list : [
      for job in distinct(concat(trigger.actions[*].job, trigger.when[*].job)) : "trigger ${trigger.name} of workflow ${trigger.workflow} names job ${job} of workflow ${local.jobs[job].workflow}"
      if try(local.jobs[job].workflow != trigger.workflow, false)
    ]],
    [for trigger in local.trigger_list : [
      for condition in trigger.when : "trigger ${trigger.name} waits for the state '${condition.state}'; Glue takes ${join(", ", local.states)}" if !contains(local.states, condition.state)
    ]],
    [for name, trigger in local.triggers : "trigger ${name} has the type '${trigger.type}'; it takes CONDITIONAL, SCHEDULED, EVENT or ON_DEMAND" if trigger.type != "CONDITIONAL"],
    [for name, trigger in local.triggers : "trigger ${name} has the logical '${trigger.logical}'; it takes AND or ANY" if !contains(["AND", "ANY"], trigger.logical)],
    [for trigger in local.trigger_list : "trigger ${trigger.name} starts nothing: name jobs in its actions" if length(trigger.actions) == 0],
    [for name, trigger in local.triggers : "trigger ${name} waits for nothing: name jobs in its when" if trigger.type == "CONDITIONAL" && length(trigger.when) == 0],
  ])

  workflow_problems = flatten([
    [for name, found in local.starts_by_workflow : "workflow ${name} has no start trigger" if length(found) == 0],
    [for name, found in local.starts_by_workflow : "workflow ${name} has the start triggers ${join(" and ", found[*].name)}; it can have only one" if length(found) > 1],
    [for workflow, schedule in local.wrong_schedules : "workflow ${workflow} has the schedule '${schedule}', which AWS does not accept; write cron(minutes hours day-of-month month day-of-week year) with ? for one of the days"],
    [for workflow, schedule in local.hasty_schedules : "workflow ${workflow} has the schedule '${schedule}'; Glue starts at most every five minutes"],
    [for name, jobs in local.circular : "workflow ${name} runs in a circle through ${join(", ", jobs)}" if length(jobs) > 0],
    [for name, job in local.jobs : "job ${name} is never started: no trigger that follows from the start of workflow ${job.workflow} names it"
    if !contains(local.started, name) && !contains(flatten(values(local.circular)), name) && length(local.starts_by_workflow[job.workflow]) == 1],
    [for name in setsubtract(keys(var.start), keys(local.workflows)) : "start names the unknown workflow ${name}; there are ${join(", ", keys(local.workflows))}"],
  ])
}
