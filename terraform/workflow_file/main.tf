locals {
  document = jsondecode(templatefile(var.file, var.values))
  defaults = try(local.document.defaults, {})

  # Lists, not maps: what is defined twice shall be found, not lost.
  job_list = flatten([
    for workflow_name, workflow in local.document.workflows : [
      for name, job in try(workflow.jobs, {}) : {
        name      = name
        workflow  = workflow_name
        given     = merge(local.defaults, job, { for key, value in try(var.job_settings[name], {}) : key => value if value != null })
        arguments = merge(try(local.defaults.arguments, {}), try(job.arguments, {}))
      }
    ]
  ])
  jobs_by_name = { for job in local.job_list : job.name => job... }

  jobs = {
    for name, found in local.jobs_by_name : name => {
      workflow            = found[0].workflow
      script              = try(found[0].given.script, "")
      kind                = trimsuffix(basename(try(found[0].given.script, "")), ".py")
      description         = try(found[0].given.description, null)
      datasets            = compact([for dataset in split(",", try(found[0].arguments["--datasets"], "")) : trimspace(dataset)])
      glue_version        = try(tostring(found[0].given.glue_version), "5.1")
      worker_type         = try(found[0].given.worker_type, "G.1X")
      number_of_workers   = try(found[0].given.number_of_workers, 2)
      timeout_minutes     = try(found[0].given.timeout_minutes, 60)
      max_retries         = try(found[0].given.max_retries, 0)
      max_concurrent_runs = try(found[0].given.max_concurrent_runs, 1)
      bookmark            = try(found[0].given.bookmark, "disable")
      connections         = [for connection in try(found[0].given.connections, []) : tostring(connection)]
      arguments           = { for key, value in found[0].arguments : key => tostring(value) }
      execution_class     = contains(var.flex_kinds, trimsuffix(basename(try(found[0].given.script, "")), ".py")) && contains(local.daily_workflows, found[0].workflow) ? "FLEX" : "STANDARD"
    }
  }

  workflows = {
    for name, workflow in local.document.workflows : name => {
      description         = try(workflow.description, null)
      max_concurrent_runs = try(workflow.max_concurrent_runs, 1)
      properties          = { for key, value in try(workflow.properties, {}) : key => tostring(value) }
    }
  }
}
