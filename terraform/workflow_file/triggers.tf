locals {
  start_types = { schedule = "SCHEDULED", event = "EVENT", on_demand = "ON_DEMAND" }

  trigger_list = flatten([
    for workflow_name, workflow in local.document.workflows : [
      for trigger in try(workflow.triggers, []) : {
        name        = try(trigger.name, "")
        workflow    = workflow_name
        type        = try(trigger.type, "")
        description = try(trigger.description, null)
        schedule    = try(trigger.schedule, null)
        logical     = try(trigger.logical, "AND")
        when        = [for condition in try(trigger.when, []) : { job = condition.job, state = condition.state }]
        actions = [
          for action in try(trigger.actions, []) : { job = try(action.job, action), arguments = try(action.arguments, {}) }
        ]
      }
    ]
  ])

  triggers_by_name = { for trigger in local.trigger_list : trigger.name => trigger... }
  triggers = {
    for name, found in local.triggers_by_name : name => found[0] if !contains(values(local.start_types), found[0].type)
  }

  starts_by_workflow = {
    for name, workflow in local.workflows : name => [
      for trigger in local.trigger_list : trigger
      if trigger.workflow == name && contains(values(local.start_types), trigger.type)
    ]
  }

  # A workflow's start trigger, with what the environment changes of it.
  starts = {
    for workflow, found in local.starts_by_workflow : workflow => {
      name                 = found[0].name
      description          = found[0].description
      actions              = found[0].actions
      type                 = try(local.start_types[var.start[workflow].type], found[0].type)
      schedule             = local.start_schedules[workflow]
      batch_size           = try(coalesce(var.start[workflow].batch_size), 1)
      batch_window_seconds = try(coalesce(var.start[workflow].batch_window_seconds), 900)
      enabled              = try(coalesce(var.start[workflow].enabled), var.schedules_enabled)
    } if length(found) > 0
  }
  start_schedules = {
    for workflow, found in local.starts_by_workflow : workflow =>
    try(local.start_types[var.start[workflow].type], found[0].type) == "SCHEDULED"
    ? try(coalesce(try(var.start[workflow].schedule, null), found[0].schedule), "") : null
    if length(found) > 0
  }
}
