locals {
  dashboard_outcomes = {
    RowsLoaded        = "#2ca02c"
    RowsAlreadyLoaded = "#98df8a"
    RowsRepeated      = "#c7c7c7"
    RowsOutOfWindow   = "#9edae5"
    RowsPendingAfter  = "#ffbb78"
    RowsQuarantined   = "#d62728"
  }

  # A row of charts a workflow, twelve units high, below a row of alarms.
  dashboard_workflows = { for place, workflow in sort(keys(local.workflows)) : workflow => {
    y         = 4 + place * 14
    jobs      = sort([for name, job in local.jobs : name if job.workflow == workflow])
    loaders   = sort([for name in local.row_loaders : name if local.jobs[name].workflow == workflow])
    facts     = lookup(local.fact_loaders, workflow, null)
    validates = sort([for name, job in local.jobs : name if job.workflow == workflow && job.kind == "validate_files"])
  } }

  alarm_arns = sort(concat([for alarms in [
    aws_cloudwatch_metric_alarm.failed, aws_cloudwatch_metric_alarm.stale,
    aws_cloudwatch_metric_alarm.slow, aws_cloudwatch_metric_alarm.rejected, aws_cloudwatch_metric_alarm.new_columns,
  ] : values(alarms)[*].arn]...))

  workflow_widgets = flatten([for workflow, of in local.dashboard_workflows : [
    {
      type       = "text", x = 0, y = of.y, width = 24, height = 1
      properties = { markdown = "## ${workflow}: ${replace(coalesce(local.workflows[workflow].description, "-"), "\n", " ")}" }
    },
    [for facts in compact([of.facts]) : {
      type = "metric", x = 0, y = of.y + 1, width = 12, height = 6
      properties = {
        title   = "Books of ${facts}: what became of the rows of each run"
        view    = "timeSeries", stacked = true, stat = "Sum", period = 300, region = var.region
        metrics = [for outcome, color in local.dashboard_outcomes : [local.metrics, outcome, "Job", facts, { color = color }]]
      }
    }],
    [for facts in compact([of.facts]) : {
      type = "metric", x = 12, y = of.y + 1, width = 6, height = 6
      properties = {
        title = "Rows read and pending before ${facts}"
        view  = "timeSeries", stacked = true, stat = "Sum", period = 300, region = var.region
        metrics = [
          [local.metrics, "RowsRead", "Job", facts], [local.metrics, "RowsPendingBefore", "Job", facts],
        ]
      }
    }],
    [for facts in compact([of.facts]) : {
      type = "metric", x = 18, y = of.y + 1, width = 6, height = 6
      properties = {
        title   = "Publishes a day", view = "timeSeries", stat = "Sum", period = 86400, region = var.region
        metrics = [[local.metrics, "Published", "Job", facts]]
        yAxis   = { left = { min = 0 } }
      }
    }],
    {
      type = "metric", x = 0, y = of.y + 7, width = 12, height = 6
      properties = {
        title   = "Duration of the jobs (seconds, stacked: the workflow's)"
        view    = "timeSeries", stacked = true, stat = "Maximum", period = 300, region = var.region
        metrics = [for job in of.jobs : [local.metrics, "DurationSeconds", "Job", job]]
      }
    },
    {
      type = "metric", x = 12, y = of.y + 7, width = 6, height = 6
      properties = {
        title       = "Share of rows in quarantine", view = "timeSeries", stat = "Maximum", period = 300, region = var.region
        metrics     = [for job in of.loaders : [local.metrics, "RejectedShare", "Job", job]]
        yAxis       = { left = { min = 0, max = 1 } }
        annotations = { horizontal = [{ label = "Alarm", value = var.rejected_share }] }
      }
    },
    [for job in of.validates : {
      type = "metric", x = 18, y = of.y + 7, width = 6, height = 6
      properties = {
        title   = "Files", view = "timeSeries", stacked = true, stat = "Sum", period = 300, region = var.region
        metrics = [for name in ["FilesAccepted", "FilesRepeated", "FilesRejected"] : [local.metrics, name, "Job", job]]
      }
    }],
  ]])
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name
  dashboard_body = jsonencode({
    start = "-P14D"
    widgets = concat(
      [{ type = "alarm", x = 0, y = 0, width = 24, height = 4, properties = { title = "Alarms", alarms = local.alarm_arns } }],
      local.workflow_widgets,
      [{
        type = "log", x = 0, y = 4 + length(local.workflows) * 14, width = 24, height = 8
        properties = {
          title = "Warnings and errors of the jobs", view = "table", region = var.region
          query = "${join(" | ", [for key, name in local.log_groups : "SOURCE '${name}'" if endswith(key, "output")])} | fields @timestamp, job_name, level, event, run_id | filter level in ['WARNING', 'ERROR'] | sort @timestamp desc | limit 100"
        }
      }],
    )
  })
}
