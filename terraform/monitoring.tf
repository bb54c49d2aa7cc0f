# Glue writes the jobs' own lines to …/output and Spark's to …/error; where logs are encrypted, to groups named after the
# security configuration and the job's role. Those it does not use stay empty, and cost nothing.
locals {
  log_streams = ["output", "error"]
  log_groups = merge(
    { for stream in local.log_streams : stream => "${local.log_group_name}/${stream}" },
    { for pair in setproduct(keys(local.job_kinds), local.log_streams) : join("/", pair) =>
      "${local.log_group_name}/${local.name}-role/${aws_iam_role.job[pair[0]].name}/${pair[1]}"
    },
  )
}

resource "aws_cloudwatch_log_group" "jobs" {
  for_each = local.log_groups

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = local.kms_key_arn
}

locals {
  metrics = "MusicLoader" # glue_jobs/lib/books/metrics.py

  # Jobs by what they publish. Facts make a warehouse fresh; a changed catalogue alone does not.
  fact_loaders = { for name, job in local.jobs : job.workflow => name if contains(["load_streams", "load_sparkify"], job.kind) }
  row_loaders  = [for name, job in local.jobs : name if contains(["load_metadata", "load_streams", "load_sparkify"], job.kind)]

  stale_after_hours  = { for workflow in keys(local.fact_loaders) : workflow => lookup(var.stale_after_hours, workflow, 26) }
  late_after_minutes = { for name, job in local.jobs : name => lookup(var.late_after_minutes, name, ceil(job.timeout_minutes / 2)) }

  alarm_topics = values(local.topics)
  page_topics  = [for channel, topic in aws_sns_topic.channel : topic.arn if channel == "pages"]
}

# EventBridge has told people and chat of each failure, with its message; this alarm is for PagerDuty and the dashboard.
resource "aws_cloudwatch_metric_alarm" "failed" {
  for_each = { for key, event in local.job_events : event.workflow => key if endswith(key, "-failed") }

  alarm_name          = "${local.name}-${each.key}-failed"
  alarm_description   = "A job of workflow ${each.key} failed or timed out. ${local.remedy}"
  namespace           = "AWS/Events"
  metric_name         = "TriggeredRules"
  dimensions          = { RuleName = aws_cloudwatch_event_rule.job[each.value].name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.page_topics
  ok_actions          = local.page_topics
}

resource "aws_cloudwatch_metric_alarm" "stale" {
  for_each = local.fact_loaders

  alarm_name          = "${local.name}-${each.key}-stale"
  alarm_description   = "${each.value} has published nothing for ${local.stale_after_hours[each.key]} hours: the warehouse is stale. See docs/operations.md, Alarms."
  evaluation_periods  = local.stale_after_hours[each.key]
  datapoints_to_alarm = local.stale_after_hours[each.key]
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = local.alarm_topics
  ok_actions          = local.alarm_topics

  # Without FILL, CloudWatch looks further back for the points it misses, and the alarm comes hours late.
  metric_query {
    id          = "hourly"
    expression  = "FILL(published, 0)"
    label       = "Publishes an hour"
    return_data = true
  }
  metric_query {
    id          = "published"
    return_data = false

    metric {
      namespace   = local.metrics
      metric_name = "Published"
      dimensions  = { Job = each.value }
      stat        = "Sum"
      period      = 3600
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "slow" {
  for_each = local.late_after_minutes

  alarm_name          = "${local.name}-${each.key}-slow"
  alarm_description   = "${each.key} took more than ${each.value} minutes. See docs/operations.md, Alarms."
  namespace           = local.metrics
  metric_name         = "DurationSeconds"
  dimensions          = { Job = each.key }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = each.value * 60
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
}

resource "aws_cloudwatch_metric_alarm" "rejected" {
  for_each = toset(local.row_loaders)

  alarm_name          = "${local.name}-${each.key}-rejected"
  alarm_description   = "${each.key} sent more than ${var.rejected_share * 100} % of its rows to quarantine. See docs/operations.md, What was rejected."
  namespace           = local.metrics
  metric_name         = "RejectedShare"
  dimensions          = { Job = each.key }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = var.rejected_share
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
}

resource "aws_cloudwatch_metric_alarm" "new_columns" {
  # The columns of CSV are in its first line, which validate_files reads; the fields of JSON are in all lines.
  for_each = merge(
    { for name, job in local.jobs : name => "FilesWithNewColumns" if job.kind == "validate_files" },
    { for name, job in local.jobs : name => "RowsWithNewFields" if job.kind == "load_sparkify" },
  )

  alarm_name          = "${local.name}-${each.key}-new-columns"
  alarm_description   = "${each.key} found columns that no contract knows; they are not loaded. See docs/operations.md, Options of a run."
  namespace           = local.metrics
  metric_name         = each.value
  dimensions          = { Job = each.key }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
}

resource "aws_cloudwatch_metric_alarm" "undelivered" {
  count = length(aws_sqs_queue.undelivered)

  alarm_name          = "${local.name}-undelivered"
  alarm_description   = "EventBridge could not deliver an alert or start a workflow; the events are in the queue ${aws_sqs_queue.undelivered[0].name}."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.undelivered[0].name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_topics
  ok_actions          = local.alarm_topics
}
